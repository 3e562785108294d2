// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/settings/settingspage.h"

#include "widgets/common/pageparts.h"
#include "widgets/common/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QFormLayout>
#include <QFrame>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace zandb {
namespace {

constexpr int widest = 100 * unit; ///< longer lines are hard to read
constexpr int labelWidth = 20 * unit;

} // namespace

SettingsPage::SettingsPage(std::function<SettingsFacts()> facts, QWidget *parent)
    : Page(parent), m_facts(std::move(facts)), m_body(new QWidget(this)), m_sections(new QVBoxLayout(m_body)), m_connection(new QPushButton(this)),
      m_ssh(new QPushButton(this)), m_theme(new QComboBox(this)), m_language(new QComboBox(this)), m_shortcuts(new QPushButton(this)), m_ask(new QCheckBox(this)),
      m_failures(new QCheckBox(this))
{
    setObjectName(QStringLiteral("settingsPage"));
    m_connection->setObjectName(QStringLiteral("settingsConnection"));
    m_ssh->setObjectName(QStringLiteral("settingsSsh"));
    m_theme->setObjectName(QStringLiteral("settingsTheme"));
    m_language->setObjectName(QStringLiteral("settingsLanguage"));
    m_shortcuts->setObjectName(QStringLiteral("settingsShortcuts"));
    m_ask->setObjectName(QStringLiteral("settingsAsk"));
    m_failures->setObjectName(QStringLiteral("settingsFailures"));
    m_sections->setContentsMargins(0, 0, 0, 0);
    m_sections->setSpacing(2 * unit);

    QFormLayout *section = addSection(QString::fromLatin1(QT_TR_NOOP("Connection")));
    m_profile = addFact(section, QString::fromLatin1(QT_TR_NOOP("Profile")));
    m_store = addFact(section, QString::fromLatin1(QT_TR_NOOP("Metadata store")));
    m_tls = addFact(section, QString::fromLatin1(QT_TR_NOOP("TLS")));
    m_file = addFact(section, QString::fromLatin1(QT_TR_NOOP("Kept in")));
    section->addRow(QString(), m_connection);
    section = addSection(QString::fromLatin1(QT_TR_NOOP("SSH")));
    m_key = addFact(section, QString::fromLatin1(QT_TR_NOOP("Private key")));
    m_person = addFact(section, QString::fromLatin1(QT_TR_NOOP("Acts as")));
    section->addRow(QString(), m_ssh);
    const auto addRow = [this](QFormLayout *to, const QString &name, QWidget *field) {
        auto *label = new QLabel(m_body);
        label->setMinimumWidth(labelWidth);
        label->setBuddy(field);
        m_labels.append({label, name});
        to->addRow(label, field);
    };
    section = addSection(QString::fromLatin1(QT_TR_NOOP("Appearance")));
    addRow(section, QString::fromLatin1(QT_TR_NOOP("Theme")), m_theme);
    section = addSection(QString::fromLatin1(QT_TR_NOOP("Language")));
    addRow(section, QString::fromLatin1(QT_TR_NOOP("Language of the window")), m_language);
    section = addSection(QString::fromLatin1(QT_TR_NOOP("Keyboard")));
    section->addRow(m_shortcuts);
    section = addSection(QString::fromLatin1(QT_TR_NOOP("Notifications")));
    section->addRow(m_failures);
    section = addSection(QString::fromLatin1(QT_TR_NOOP("Questions")));
    section->addRow(m_ask);
    m_sections->addStretch();
    for (int theme = 0; theme < 3; ++theme)
        m_theme->addItem(QString());
    m_language->addItem(QStringLiteral("English"), QStringLiteral("en"));
    m_language->addItem(QStringLiteral("简体中文"), QStringLiteral("zh_CN"));
    for (QComboBox *box : {m_theme, m_language})
        box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    for (QPushButton *button : {m_connection, m_ssh, m_shortcuts})
        button->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);

    auto *scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto *wide = new QWidget(scroll);
    auto *row = new QHBoxLayout(wide);
    row->setContentsMargins(0, 0, unit, 0);
    m_body->setMaximumWidth(widest);
    row->addWidget(m_body, 1);
    row->addStretch(0);
    scroll->setWidget(wide);
    makePageLayout(this)->addWidget(scroll);

    connect(m_connection, &QPushButton::clicked, this, &SettingsPage::connectionRequested);
    connect(m_ssh, &QPushButton::clicked, this, &SettingsPage::connectionRequested);
    connect(m_shortcuts, &QPushButton::clicked, this, &SettingsPage::shortcutsRequested);
    connect(m_theme, &QComboBox::activated, this, &SettingsPage::themeChosen);
    connect(m_language, &QComboBox::activated, this, [this](int at) { Q_EMIT languageChosen(m_language->itemData(at).toString()); });
    connect(m_ask, &QCheckBox::toggled, this, &SettingsPage::askOnCloseChosen);
    connect(m_failures, &QCheckBox::toggled, this, &SettingsPage::tellFailuresChosen);
    retranslate();
}

QFormLayout *SettingsPage::addSection(const QString &name)
{
    auto *heading = new QLabel(m_body);
    m_labels.append({heading, name});
    auto *content = new QWidget(m_body);
    auto *form = new QFormLayout(content);
    form->setContentsMargins(2 * unit, 0, 2 * unit, 2 * unit);
    form->setHorizontalSpacing(2 * unit);
    form->setVerticalSpacing(unit);
    form->setLabelAlignment(Qt::AlignLeft);
    form->setFieldGrowthPolicy(QFormLayout::FieldsStayAtSizeHint);
    form->setRowWrapPolicy(QFormLayout::DontWrapRows);
    m_sections->addWidget(makeCard(heading, content, m_body));
    return form;
}

QLabel *SettingsPage::addFact(QFormLayout *section, const QString &name)
{
    auto *label = new QLabel(m_body);
    label->setProperty("muted", true);
    label->setMinimumWidth(labelWidth);
    auto *value = new QLabel(m_body);
    value->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_labels.append({label, name});
    section->addRow(label, value);
    return value;
}

QString SettingsPage::title() const
{
    return tr("Settings");
}

QString SettingsPage::help() const
{
    return tr("<p>What this window connects to, and how it looks. Each change holds at once; what concerns the window is kept for this person on this computer, "
              "the connection in the profile's file.</p><p>Settings of the fleet, such as schedules and how long data are kept, are not here: they are in the "
              "metadata store and the same for everybody.</p>");
}

void SettingsPage::refresh()
{
    const SettingsFacts facts = m_facts();
    m_profile->setText(facts.production ? tr("%1 (production)").arg(facts.profile) : facts.profile);
    m_store->setText(facts.store);
    m_tls->setText(facts.tls == QLatin1String("required") ? tr("required") : facts.tls == QLatin1String("off") ? tr("off") : tr("required, except on this computer"));
    m_file->setText(facts.file);
    m_key->setText(facts.sshKey.isEmpty() ? tr("The keys of ssh-agent") : facts.sshKey);
    m_person->setText(facts.person);
    m_theme->setCurrentIndex(facts.theme);
    m_language->setCurrentIndex(std::max(0, m_language->findData(facts.language)));
    const QSignalBlocker quiet(m_ask), alsoQuiet(m_failures);
    m_ask->setChecked(facts.asksOnClose);
    m_failures->setChecked(facts.tellsFailures);
}

void SettingsPage::retranslate()
{
    for (const Label &entry : std::as_const(m_labels))
        entry.label->setText(tr(entry.name.toLatin1().constData()));
    m_connection->setText(tr("Change the connection…"));
    m_ssh->setText(tr("Change the key…"));
    m_shortcuts->setText(tr("Keyboard shortcuts…"));
    m_failures->setText(tr("Tell me through the desktop when a run fails, also while another window is in front"));
    m_ask->setText(tr("Ask before the window closes while runs go on without it"));
    m_theme->setItemText(0, tr("As the system"));
    m_theme->setItemText(1, tr("Light"));
    m_theme->setItemText(2, tr("Dark"));
    refresh();
}

void SettingsPage::showEvent(QShowEvent *event)
{
    Page::showEvent(event);
    refresh();
}

void SettingsPage::changeEvent(QEvent *event)
{
    Page::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

} // namespace zandb
