// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/settings/connectionpage.h"

#include "widgets/common/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QFormLayout>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QSpinBox>
#include <QStyle>
#include <QVBoxLayout>

namespace zandb {
namespace {

/// Commands to type into a terminal, to be selected and copied.
QLabel *commands(const QStringList &lines, const QString &name, QWidget *parent)
{
    auto *label = new QLabel(lines.join(QLatin1Char('\n')), parent);
    label->setObjectName(name);
    label->setFont(fixedFont());
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    label->setProperty("code", true);
    label->setTextFormat(Qt::PlainText);
    // between wrapping labels a layout would take it from these
    label->setMinimumHeight(static_cast<int>(lines.size()) * QFontMetrics(label->font()).lineSpacing() + 2 * unit + 2);
    return label;
}

} // namespace

ConnectionPage::ConnectionPage(QWidget *parent)
    : QWidget(parent), m_title(new QLabel(this)), m_intro(new QLabel(this)), m_rows(new QFormLayout), m_profile(new QLineEdit(this)),
      m_host(new QLineEdit(this)), m_port(new QSpinBox(this)), m_user(new QLineEdit(this)), m_password(new QLineEdit(this)),
      m_keep(new QComboBox(this)), m_schema(new QLineEdit(this)), m_tls(new QComboBox(this)), m_ca(new QLineEdit(this)),
      m_production(new QCheckBox(this)), m_result(new QFrame(this)), m_resultText(new QLabel(m_result)), m_resultAdvice(new QLabel(m_result)),
      m_test(new QPushButton(this)), m_save(new QPushButton(this)), m_elseTitle(new QLabel(this)), m_elseText(new QLabel(this)),
      m_newTitle(new QLabel(this)), m_newText(new QLabel(this))
{
    setObjectName(QStringLiteral("connectionPage"));
    m_host->setObjectName(QStringLiteral("connectionHost"));
    m_port->setObjectName(QStringLiteral("connectionPort"));
    m_user->setObjectName(QStringLiteral("connectionUser"));
    m_password->setObjectName(QStringLiteral("connectionPassword"));
    m_keep->setObjectName(QStringLiteral("connectionKeep"));
    m_schema->setObjectName(QStringLiteral("connectionSchema"));
    m_tls->setObjectName(QStringLiteral("connectionTls"));
    m_ca->setObjectName(QStringLiteral("connectionCa"));
    m_profile->setObjectName(QStringLiteral("connectionProfile"));
    m_production->setObjectName(QStringLiteral("connectionProduction"));
    m_resultText->setObjectName(QStringLiteral("connectionResult"));
    m_resultAdvice->setObjectName(QStringLiteral("connectionAdvice"));
    m_test->setObjectName(QStringLiteral("connectionTest"));
    m_save->setObjectName(QStringLiteral("connectionSave"));
    m_title->setProperty("title", true);
    m_password->setEchoMode(QLineEdit::Password);
    m_port->setRange(1, 65535);
    m_port->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_port->setGroupSeparatorShown(false);
    m_save->setProperty("primary", true);
    for (QComboBox *box : {m_keep, m_tls})
        box->addItems({QString(), QString()});
    m_tls->addItem(QString());
    for (QLabel *label : {m_intro, m_elseText, m_newText, m_resultText, m_resultAdvice})
        label->setWordWrap(true);
    for (QLabel *label : {m_intro, m_elseText, m_newText})
        label->setProperty("muted", true);
    for (QLabel *label : {m_elseTitle, m_newTitle, m_resultText})
        label->setProperty("section", true);
    for (QLabel *label : {m_resultText, m_resultAdvice})
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto *result = new QVBoxLayout(m_result);
    result->setContentsMargins(unit + 4, unit, unit + 4, unit);
    result->setSpacing(unit / 2);
    result->addWidget(m_resultText);
    result->addWidget(m_resultAdvice);
    m_result->hide();

    m_rows->setHorizontalSpacing(2 * unit);
    m_rows->setVerticalSpacing(unit);
    m_rows->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_rows->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    auto *server = new QHBoxLayout;
    server->setSpacing(unit);
    server->addWidget(m_host, 1);
    server->addWidget(m_port);
    m_port->setFixedWidth(10 * unit);
    m_rows->addRow(new QLabel(this), m_profile);
    m_rows->addRow(new QLabel(this), server);
    for (auto *field : {static_cast<QWidget *>(m_user), static_cast<QWidget *>(m_password), static_cast<QWidget *>(m_keep),
                        static_cast<QWidget *>(m_schema), static_cast<QWidget *>(m_tls), static_cast<QWidget *>(m_ca)})
        m_rows->addRow(new QLabel(this), field);
    m_rows->addRow(QString(), m_production);

    const auto card = [this](std::initializer_list<QWidget *> parts) {
        auto *frame = new QFrame(this);
        frame->setObjectName(QStringLiteral("card"));
        auto *box = new QVBoxLayout(frame);
        box->setContentsMargins(3 * unit, 2 * unit, 3 * unit, 2 * unit);
        box->setSpacing(unit);
        for (QWidget *part : parts)
            box->addWidget(part);
        return frame;
    };
    auto *left = card({m_title, m_intro});
    auto *leftBox = static_cast<QVBoxLayout *>(left->layout());
    leftBox->addSpacing(unit);
    leftBox->addLayout(m_rows);
    leftBox->addSpacing(unit);
    leftBox->addWidget(m_result);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(unit);
    buttons->addStretch();
    buttons->addWidget(m_test);
    buttons->addWidget(m_save);
    leftBox->addStretch();
    leftBox->addLayout(buttons);
    auto *fresh = card({m_newTitle, m_newText,
                        commands({QStringLiteral("zandbctl store migrate"), QStringLiteral("zandbctl host add db1 --address db1.example.com"),
                                  QStringLiteral("zandbctl serve")},
                                 QStringLiteral("newStoreCommands"), this)});
    auto *play = card({m_elseTitle, m_elseText,
                       commands({QStringLiteral("./packaging/sandbox up"), QStringLiteral("./packaging/sandbox down")},
                                QStringLiteral("sandboxCommands"), this)});
    auto *right = new QVBoxLayout;
    right->setSpacing(2 * unit);
    right->addWidget(fresh);
    right->addWidget(play);
    right->addStretch();
    auto *columns = new QHBoxLayout;
    columns->setSpacing(2 * unit);
    columns->addStretch(1);
    columns->addWidget(left, 6);
    columns->addLayout(right, 4);
    columns->addStretch(1);
    left->setMaximumWidth(76 * unit);
    for (QFrame *frame : {fresh, play})
        frame->setMaximumWidth(54 * unit);
    auto *body = new QWidget(this);
    auto *middle = new QVBoxLayout(body);
    middle->setContentsMargins(3 * unit, 3 * unit, 3 * unit, 3 * unit);
    middle->addStretch(1);
    middle->addLayout(columns);
    middle->addStretch(2);
    auto *scroll = new QScrollArea(this); // at 200 % on a small screen everything can still be reached
    scroll->setWidget(body);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(scroll);

    connect(m_test, &QPushButton::clicked, this, &ConnectionPage::testRequested);
    connect(m_save, &QPushButton::clicked, this, &ConnectionPage::saveRequested);
    for (QLineEdit *edit : {m_profile, m_host, m_user, m_schema})
        connect(edit, &QLineEdit::textChanged, this, &ConnectionPage::checkComplete);
    for (QLineEdit *edit : {m_profile, m_host, m_user, m_password, m_schema, m_ca})
        connect(edit, &QLineEdit::returnPressed, m_save, &QPushButton::click);
    retranslate();
    setForm({});
}

void ConnectionPage::retranslate()
{
    m_title->setText(tr("Connect to the metadata store"));
    m_intro->setText(tr("The store is one schema of a MySQL or MariaDB server that your team shares: everything ZanDB knows stands there. "
                        "Whoever set it up can tell you its address and your account."));
    const QString labels[] = {tr("Profile"), tr("Server and port"), tr("Account"), tr("Password"), tr("Keep it in"), tr("Schema"), tr("TLS"), tr("CA file")};
    for (int row = 0; row < 8; ++row) {
        if (auto *label = qobject_cast<QLabel *>(m_rows->itemAt(row, QFormLayout::LabelRole)->widget()))
            label->setText(labels[row]);
    }
    m_profile->setToolTip(tr("Shown in every title, such as “production”"));
    m_password->setPlaceholderText(tr("empty: the one that is kept already"));
    m_keep->setItemText(0, tr("the keychain"));
    m_keep->setItemText(1, tr("a file that only you may read"));
    m_tls->setItemText(0, tr("required unless the store is on this computer"));
    m_tls->setItemText(1, tr("required, and verified"));
    m_tls->setItemText(2, tr("never"));
    m_ca->setPlaceholderText(tr("empty: the authorities of this system"));
    m_production->setText(tr("This is production: dangerous acts are confirmed by typing the name"));
    m_test->setText(m_busy ? tr("Trying…") : tr("Try it"));
    m_save->setText(tr("Save and open"));
    m_newTitle->setText(tr("No store yet?"));
    m_newText->setText(tr("An administrator makes one on any MySQL 8.0 or MariaDB 10.6 and later, adds the hosts, and lets a headless instance run the "
                          "schedules:"));
    m_elseTitle->setText(tr("Only looking?"));
    m_elseText->setText(tr("The sandbox starts a small real fleet on this computer, and opens the console on it; the second command ends it:"));
    checkComplete();
}

void ConnectionPage::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

void ConnectionPage::checkComplete()
{
    QString missing;
    if (m_host->text().trimmed().isEmpty())
        missing = tr("The server's address is missing.");
    else if (m_user->text().trimmed().isEmpty())
        missing = tr("The account is missing.");
    else if (m_schema->text().trimmed().isEmpty() || m_profile->text().trimmed().isEmpty())
        missing = tr("Profile and schema need a name.");
    for (QPushButton *button : {m_test, m_save}) {
        button->setEnabled(!m_busy && missing.isEmpty());
        button->setToolTip(missing);
    }
}

void ConnectionPage::setForm(const ConnectionForm &form)
{
    m_profile->setText(form.profile);
    m_production->setChecked(form.production);
    m_host->setText(form.host);
    m_port->setValue(form.port);
    m_user->setText(form.user);
    m_password->setText(form.password);
    m_keep->setCurrentIndex(form.inKeychain ? 0 : 1);
    m_schema->setText(form.schema);
    m_tls->setCurrentIndex(form.tls == QLatin1String("required") ? 1 : form.tls == QLatin1String("off") ? 2 : 0);
    m_ca->setText(form.tlsCa);
    checkComplete();
}

ConnectionForm ConnectionPage::form() const
{
    static const QString tls[] = {QStringLiteral("auto"), QStringLiteral("required"), QStringLiteral("off")};
    ConnectionForm form;
    form.profile = m_profile->text().trimmed();
    form.production = m_production->isChecked();
    form.host = m_host->text().trimmed();
    form.port = m_port->value();
    form.user = m_user->text().trimmed();
    form.password = m_password->text();
    form.inKeychain = m_keep->currentIndex() == 0;
    form.schema = m_schema->text().trimmed();
    form.tls = tls[m_tls->currentIndex()];
    form.tlsCa = m_ca->text().trimmed();
    return form;
}

void ConnectionPage::setBusy(bool busy)
{
    m_busy = busy;
    m_test->setText(busy ? tr("Trying…") : tr("Try it"));
    checkComplete();
}

void ConnectionPage::showGood(const QString &text)
{
    m_result->setObjectName(QStringLiteral("goodBanner"));
    style()->polish(m_result);
    m_resultText->setText(text);
    m_resultAdvice->hide();
    m_result->show();
}

void ConnectionPage::showTrouble(const QString &text, const QString &advice)
{
    m_result->setObjectName(QStringLiteral("banner"));
    style()->polish(m_result);
    m_resultText->setText(text);
    m_resultAdvice->setText(advice);
    m_resultAdvice->setVisible(!advice.isEmpty());
    m_result->show();
}

} // namespace zandb
