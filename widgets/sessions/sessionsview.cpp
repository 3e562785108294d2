// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/sessions/sessionsview.h"

#include "models/common/format.h"
#include "models/common/text.h"
#include "widgets/common/flowlayout.h"
#include "widgets/common/icons.h"
#include "widgets/common/inspector.h"
#include "widgets/common/pageparts.h"
#include "widgets/common/parts.h"
#include "widgets/common/tablecolumns.h"
#include "widgets/common/tablepane.h"
#include "widgets/common/theme.h"

#include <QAbstractItemView>
#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QSplitter>
#include <QVBoxLayout>

namespace zandb {

SessionsView::SessionsView(const Ui &ui, const QString &name, SessionTableModel *model, QWidget *parent)
    : QWidget(parent), m_model(model), m_pane(new TablePane(ui, name, this)), m_inspector(new Inspector(this)), m_total(new QLabel(this)),
      m_heads(new Chip(sessionLook(SessionPart::Head), this)), m_waiting(new Chip(sessionLook(SessionPart::Waits), this)),
      m_active(new Chip(sessionLook(SessionPart::Active), this)), m_idle(new QCheckBox(this)), m_longerWord(new QLabel(this)), m_longer(new QSpinBox(this)),
      m_user(new QComboBox(this)), m_troubles(new QLabel(this))
{
    const std::pair<QWidget *, const char *> names[] = {{m_total, "Total"}, {m_heads, "Heads"}, {m_waiting, "Waiting"}, {m_active, "Active"}, {m_idle, "Idle"},
                                                        {m_longer, "Longer"}, {m_user, "User"}, {m_troubles, "Troubles"}};
    for (const auto &[widget, part] : names)
        widget->setObjectName(name + QLatin1String(part));
    m_total->setProperty("section", true);
    m_longer->setRange(0, 1'000'000);
    m_longer->setSuffix(QStringLiteral(" s"));
    m_longer->setKeyboardTracking(false);
    m_longer->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_longer->setFixedWidth(9 * unit);
    m_longerWord->setBuddy(m_longer);
    m_user->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_user->setMinimumContentsLength(10);
    m_troubles->setWordWrap(true);
    m_troubles->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_troubles->hide();

    auto *strip = new QWidget(this);
    auto *line = new FlowLayout(strip);
    line->setContentsMargins(unit, unit / 2, unit, 0);
    line->setSpacing(unit);
    line->addWidget(m_total);
    for (Chip *chip : {m_heads, m_waiting, m_active}) {
        line->addWidget(chip);
        connect(chip, &Chip::clicked, this, [this, chip] { chipClicked(chip); });
    }
    line->addSpace(2 * unit);
    line->addWidget(m_idle);
    auto *longer = new QWidget(strip); // the words stay beside their field
    auto *longerLine = new QHBoxLayout(longer);
    longerLine->setContentsMargins(unit, 0, 0, 0);
    longerLine->setSpacing(unit / 2);
    longerLine->addWidget(m_longerWord);
    longerLine->addWidget(m_longer);
    line->addWidget(longer);
    line->addWidget(m_user);

    using Model = SessionTableModel;
    m_pane->columns()->setHiddenByDefault({Model::Transaction, Model::Changed});
    m_pane->columns()->setFolding({Model::Changed, Model::Transaction, Model::Client, Model::Command, Model::Schema, Model::State, Model::User, Model::BlockedBy});
    m_pane->setModel(model, Model::Part, Model::Part, Qt::AscendingOrder);
    m_pane->setChoosesFirst(false); // the list changes while one looks

    using Ids = std::vector<Uuid>;
    m_kill = m_inspector->addAction(name + QStringLiteral("Kill"), QStringLiteral("close"), [this](const Ids &ids) { Q_EMIT killRequested(ids, false); });
    m_killConnection = m_inspector->addAction(name + QStringLiteral("KillConnection"), QStringLiteral("page-killed"),
                                              [this](const Ids &ids) { Q_EMIT killRequested(ids, true); });
    m_text = m_inspector->addAction(name + QStringLiteral("Text"), QStringLiteral("search"), [this](const Ids &ids) { Q_EMIT statementRequested(ids.front()); });

    auto *split = besideInspector(makeCard(m_pane, this), m_inspector, this);
    keepSizes(split, ui.settings, name + QStringLiteral("-inspector"));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(unit);
    layout->addWidget(strip);
    layout->addWidget(m_troubles);
    layout->addWidget(split, 1);

    connect(m_idle, &QCheckBox::toggled, this, [this](bool on) {
        m_filter.idle = on;
        Q_EMIT filterChosen(m_filter);
    });
    connect(m_longer, &QSpinBox::valueChanged, this, [this](int seconds) {
        m_filter.longerThan = seconds;
        Q_EMIT filterChosen(m_filter);
    });
    connect(m_user, &QComboBox::activated, this, [this](int at) {
        m_filter.user = at > 0 ? m_user->itemText(at) : QString();
        Q_EMIT filterChosen(m_filter);
    });
    connect(m_pane, &TablePane::currentChanged, this, &SessionsView::showInspector);
    connect(m_pane, &TablePane::menuRequested, m_inspector, &Inspector::addActionsTo);
    retranslate();
}

void SessionsView::retranslate()
{
    m_heads->setWord(tr("blocking"));
    m_waiting->setWord(tr("waiting"));
    m_active->setWord(tr("active"));
    m_idle->setText(tr("Idle too"));
    m_idle->setToolTip(tr("Also shows sessions that do nothing and block nobody"));
    m_longerWord->setText(tr("Longer than"));
    m_longer->setToolTip(tr("Sessions that block others or wait for one are always shown"));
    m_user->setAccessibleName(tr("User"));
    m_text->setText(tr("Show the whole statement"));
    m_text->setToolTip(tr("With its literals; who looked is noted in the audit"));
    m_pane->emptyState()->setTexts(tr("No session does anything now"), tr("Sessions that do nothing are shown with \"Idle too\"."));
    showFacts();
    showInspector();
}

void SessionsView::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
    else if (event->type() == QEvent::PaletteChange)
        showFacts();
}

void SessionsView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    Q_EMIT watched(true);
}

void SessionsView::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    Q_EMIT watched(false);
}

void SessionsView::setOneInstance()
{
    m_pane->columns()->setHiddenByDefault({SessionTableModel::Instance, SessionTableModel::Transaction, SessionTableModel::Changed});
    m_pane->columns()->begin();
}

void SessionsView::setFacts(const SessionFacts &facts)
{
    m_facts = facts;
    showFacts();
}

void SessionsView::setFilter(const SessionFilter &filter)
{
    m_filter = filter;
    const QSignalBlocker a(m_idle), b(m_longer);
    m_idle->setChecked(filter.idle);
    m_longer->setValue(static_cast<int>(filter.longerThan));
    showFacts();
}

QString SessionsView::troubleText() const
{
    constexpr std::size_t most = 4;
    QStringList lines;
    for (std::size_t i = 0; i < m_facts.troubles.size() && i < most; ++i) {
        const auto &[path, text, old] = m_facts.troubles[i];
        lines << tr("%1: %2").arg(path, text);
    }
    if (m_facts.troubles.size() > most)
        lines << tr("%n more instance(s) cannot be read.", nullptr, static_cast<int>(m_facts.troubles.size() - most));
    if (!m_facts.notPermitted.isEmpty())
        lines << tr("Not permitted or not kept by the server: %1").arg(m_facts.notPermitted.mid(0, 3).join(QStringLiteral(", ")))
                + (m_facts.notPermitted.size() > 3 ? QStringLiteral(", …") : QString());
    if (m_facts.more > 0)
        lines << tr("%n session(s) had no room in the lists.", nullptr, static_cast<int>(m_facts.more));
    return lines.join(QLatin1Char('\n'));
}

void SessionsView::showFacts()
{
    m_total->setText(m_facts.answered == 0 ? tr("%n instance(s)", nullptr, m_facts.instances)
                                           : tr("%1 on %2").arg(tr("%n session(s)", nullptr, m_facts.sessions), tr("%n instance(s)", nullptr, m_facts.answered)));
    m_total->setToolTip(tr("Read every %n second(s) while this list is on the screen", nullptr, m_facts.everySeconds));
    m_heads->setCount(m_facts.heads);
    m_waiting->setCount(m_facts.waiting);
    m_active->setCount(m_facts.active);
    if (!m_user->view() || !m_user->view()->isVisible()) {
        QStringList users{tr("All users")};
        users << m_facts.users;
        if (!m_filter.user.isEmpty() && !m_facts.users.contains(m_filter.user))
            users << m_filter.user;
        QStringList now;
        for (int at = 0; at < m_user->count(); ++at)
            now << m_user->itemText(at);
        if (now != users) {
            m_user->clear();
            m_user->addItems(users);
        }
        m_user->setCurrentIndex(m_filter.user.isEmpty() ? 0 : static_cast<int>(users.indexOf(m_filter.user)));
    }
    const QString trouble = troubleText();
    m_troubles->setText(trouble);
    m_troubles->setVisible(!trouble.isEmpty());
    m_troubles->setStyleSheet(QStringLiteral("color:%1").arg(lookColours(m_facts.troubles.empty() ? Look::Skipped : Look::Late, isDark(palette())).text.name()));
}

void SessionsView::chipClicked(Chip *clicked)
{
    std::set<Look> looks;
    for (Chip *chip : {m_heads, m_waiting, m_active}) {
        if (chip == clicked)
            chip->setChecked(!chip->isChecked());
        if (chip->isChecked())
            looks.insert(chip->look());
    }
    m_pane->setLooks(looks);
}

void SessionsView::setLoading(bool loading)
{
    m_loading = loading;
    m_pane->setLoading(loading);
    showInspector();
}

void SessionsView::setForbidden(const QString &why)
{
    m_forbidden = why;
    showInspector();
}

void SessionsView::setStatement(const Uuid &id, const QString &text)
{
    const SessionRow *row = m_model->row(m_model->rowOf(id));
    if (!row)
        return;
    m_shown = id;
    m_statement = {row->session.queryId, text};
    m_statementShort = qs(row->session.statement);
    showInspector();
}

void SessionsView::focusFilter()
{
    m_pane->focusFilter();
}

bool SessionsView::escape()
{
    if (m_pane->clearFilter())
        return true;
    bool any = false;
    for (Chip *chip : {m_heads, m_waiting, m_active}) {
        any = any || chip->isChecked();
        chip->setChecked(false);
    }
    if (any)
        m_pane->setLooks({});
    return any;
}

void SessionsView::showInspector()
{
    const auto chosen = m_loading ? QList<int>() : m_pane->chosenRows();
    if (chosen.isEmpty()) {
        m_inspector->clear(m_loading ? QString() : tr("Select a session to see its details and to kill it."));
        return;
    }
    Inspector::Content content;
    QString protection;
    int statements = 0;
    for (const int number : chosen) {
        const SessionRow &row = *m_model->row(number);
        content.ids.push_back(row.id);
        if (protection.isEmpty())
            protection = protectionText(row.session.protection);
        statements += row.session.command != "Sleep";
    }
    const int count = static_cast<int>(chosen.size());
    permit(m_kill, !m_forbidden.isEmpty() ? m_forbidden : !protection.isEmpty() ? protection : statements < count ? tr("It runs no statement now.") : QString());
    permit(m_killConnection, m_forbidden.isEmpty() ? protection : m_forbidden);
    m_text->setVisible(count == 1);
    if (count > 1) {
        m_kill->setText(tr("Kill %n statement(s)", nullptr, count));
        m_killConnection->setText(tr("Kill %n connection(s)", nullptr, count));
        content.title = tr("%n session(s)", nullptr, count);
        m_inspector->setContent(content);
        return;
    }
    m_kill->setText(tr("Kill the statement"));
    m_killConnection->setText(tr("Kill the connection"));
    const SessionRow &row = *m_model->row(chosen.front());
    const wire::Session &session = row.session;
    permit(m_text, !m_forbidden.isEmpty() ? m_forbidden : session.command == "Sleep" ? tr("It runs no statement now.") : QString());
    content.title = row.path + QLatin1Char(' ') + QString::number(session.id);
    content.state = sessionPartText(row);
    content.look = sessionLook(row.part);
    content.stale = row.stale;
    const auto add = [&](const QString &label, const QString &value, bool fixed = false) {
        if (!value.isEmpty())
            content.lines.append({label, value, {}, fixed});
    };
    const QLocale locale;
    add(tr("Blocked by"), sessionBlockTexts(session).join(QLatin1Char('\n')));
    if (row.depth > 1)
        add(tr("Head of the chain"), QString::number(row.head));
    add(tr("User"), qs(session.user));
    add(tr("Client"), qs(session.host));
    add(tr("Schema"), qs(session.schema));
    add(tr("Command"), qs(session.command));
    add(tr("Time"), durationText(std::chrono::seconds{session.seconds}));
    add(tr("State"), qs(session.state));
    if (session.transactionSeconds) {
        add(tr("Transaction"), tr("open for %1").arg(durationText(std::chrono::seconds{*session.transactionSeconds})));
        add(tr("Rows changed"), locale.toString(static_cast<qlonglong>(session.rowsModified)));
    }
    if (session.blocks > 0)
        add(tr("Waiting for it"), tr("%n session(s)", nullptr, static_cast<int>(session.blocks)));
    add(tr("Killed"), protectionText(session.protection));
    const bool whole = m_shown == row.id && m_statement.first == session.queryId && m_statementShort == qs(session.statement);
    add(tr("Statement"), whole ? m_statement.second : qs(session.statement), true);
    m_inspector->setContent(content);
}

} // namespace zandb
