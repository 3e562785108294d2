// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/checks/keyspage.h"

#include "models/common/format.h"
#include "models/common/text.h"
#include "widgets/common/inspector.h"
#include "widgets/common/pageparts.h"
#include "widgets/common/parts.h"
#include "widgets/common/tablecolumns.h"
#include "widgets/common/tablepane.h"
#include "widgets/common/theme.h"

#include <QEvent>
#include <QLabel>
#include <QLocale>
#include <QSplitter>
#include <QVBoxLayout>

namespace zandb {

KeysPage::KeysPage(const Ui &ui, KeyTableModel *keys, FindingTableModel *findings, QWidget *parent)
    : Page(parent), m_keys(keys), m_findings(findings), m_keyPane(new TablePane(ui, QStringLiteral("keys"), this)), m_findingPane(new TablePane(ui, QStringLiteral("findings"), this)),
      m_keysTitle(new QLabel(this)), m_findingsTitle(new QLabel(this)), m_gaps(new QLabel(this)), m_inspector(new Inspector(this))
{
    setObjectName(QStringLiteral("keysPage"));
    using Key = KeyTableModel;
    m_keyPane->columns()->setHiddenByDefault({Key::Read, Key::Limit});
    m_keyPane->columns()->setFolding({Key::Read, Key::Limit, Key::TableSize, Key::Used, Key::Kind, Key::Type, Key::Instance});
    m_keyPane->columns()->setTellingColumn(Key::Key);
    m_keyPane->setModel(keys, Key::State, Key::Share, Qt::DescendingOrder);
    using Finding = FindingTableModel;
    m_findingPane->columns()->setFolding({Finding::Since, Finding::Detail, Finding::Name});
    m_findingPane->setModel(findings, -1, Finding::What, Qt::AscendingOrder);
    m_findingPane->setChoosesFirst(false);
    m_gaps->setObjectName(QStringLiteral("keysGaps"));
    m_gaps->setWordWrap(true);
    m_gaps->hide();

    auto *tables = new QSplitter(Qt::Vertical, this);
    tables->addWidget(makeCard(m_keysTitle, m_keyPane, this));
    tables->addWidget(makeCard(m_findingsTitle, m_findingPane, this));
    tables->setStretchFactor(0, 3);
    tables->setStretchFactor(1, 2);
    tables->setHandleWidth(unit);
    auto *left = new QWidget(this);
    auto *column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(unit);
    column->addWidget(m_gaps);
    column->addWidget(tables, 1);
    setMinimumHeight(38 * unit);
    auto *split = besideInspector(left, m_inspector, this);
    keepSizes(tables, ui.settings, QStringLiteral("keys"));
    keepSizes(split, ui.settings, QStringLiteral("keys-inspector"));
    makePageLayout(this)->addWidget(split);
    connect(m_keyPane, &TablePane::currentChanged, this, &KeysPage::showInspector);
    retranslate();
}

QString KeysPage::title() const { return tr("Keys"); }

void KeysPage::retranslate()
{
    m_keysTitle->setText(tr("Integer keys"));
    m_findingsTitle->setText(tr("Other findings"));
    m_keyPane->emptyState()->setTexts(tr("No key has used a fifth of its values"),
                                      tr("Keys are read each day by a task of the kind key check, or now by “zandbctl check run”."));
    m_findingPane->emptyState()->setTexts(tr("Nothing was found"), tr("Tables without a primary key, needless indexes, mixed character sets and accounts without a password stand here."));
    setGaps(m_never, m_unchecked);
    showInspector();
}

void KeysPage::changeEvent(QEvent *event)
{
    Page::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

void KeysPage::setLoading(bool loading)
{
    m_loading = loading;
    m_keyPane->setLoading(loading);
    m_findingPane->setLoading(loading);
    showInspector();
}

void KeysPage::focusFilter() { m_keyPane->focusFilter(); }

bool KeysPage::escape() { return m_keyPane->clearFilter() || m_findingPane->clearFilter(); }

void KeysPage::setGaps(const QStringList &never, std::int64_t uncheckedTables)
{
    m_never = never;
    m_unchecked = uncheckedTables;
    QStringList said;
    constexpr int most = 5;
    if (!never.isEmpty())
        said << tr("Never checked: %1").arg(never.mid(0, most).join(QStringLiteral(", ")) + (never.size() > most ? QStringLiteral(", …") : QString()));
    if (uncheckedTables > 0)
        said << tr("Tables that could not be read in the last pass: %1").arg(QLocale().toString(static_cast<qlonglong>(uncheckedTables)));
    m_gaps->setText(said.join(QStringLiteral(" · ")));
    m_gaps->setVisible(!said.isEmpty());
}

QString KeysPage::help() const
{
    return tr("<p>How much of its values each integer key has used: counters, foreign keys, keys without a counter, and sequences. When nothing is left, inserts fail. "
              "<b>Days left</b> goes by the growth of the last 30 or 7 days, whichever is faster.</p>"
              "<p>Keys that have used less than a fifth are not listed. An alert is raised by share or by days left, as the group's settings say "
              "(<i>key-percent</i>, <i>key-days</i>).</p>"
              "<p>The check never waits for a lock: a table that somebody holds is counted as not checked. The table's size is what an ALTER of the type writes anew.</p>");
}

void KeysPage::showInspector()
{
    if (m_loading) {
        m_inspector->clear({});
        return;
    }
    const auto chosen = m_keyPane->chosenRows();
    const KeyRow *row = chosen.size() == 1 ? m_keys->row(chosen.front()) : nullptr;
    if (!row) {
        m_inspector->clear(tr("Select a key to see its details."));
        return;
    }
    const wire::KeyUsage &u = row->record.usage;
    const bool none = row->record.daysLeft && *row->record.daysLeft <= 0;
    Inspector::Content content;
    content.ids = {m_keys->key(*row)};
    content.title = keyName(u);
    content.state = none ? tr("full") : row->isFull ? tr("nearly full") : tr("fine");
    content.look = none ? Look::Failed : row->isFull ? Look::Late : Look::Ok;
    if (row->isFull) {
        content.error = none ? tr("No value is left: inserts fail.") : tr("%1 of its values are used.").arg(keyShareText(u.ppm));
        content.advice = tr("Change the column to a larger type, and every column that refers to it.");
    }
    const QLocale locale;
    const auto add = [&](const QString &label, const QString &value, const QString &tip = {}) {
        if (!value.isEmpty())
            content.lines.append({label, value, tip, false});
    };
    add(tr("Instance"), row->instance);
    add(tr("Type"), qs(u.type));
    add(tr("Kind"), keyKindText(u.kind));
    add(tr("Refers to"), qs(u.references));
    add(tr("Largest value"), qs(u.used));
    add(tr("Limit"), qs(u.limit));
    add(tr("Used"), keyShareText(u.ppm));
    add(tr("Growth a day"), row->record.perDay ? locale.toString(*row->record.perDay, 'f', *row->record.perDay < 10 ? 1 : 0) : tr("known after two days"));
    add(tr("Days left"), keyDaysText(row->record));
    add(tr("Rows (estimated)"), u.rows ? countText(*u.rows) : QString());
    add(tr("An ALTER writes"), u.bytes ? bytesText(*u.bytes) : QString(), u.bytes ? exactBytesText(*u.bytes) : QString());
    add(tr("Read"), localTimeText(u.at), exactTimeText(u.at));
    m_inspector->setContent(content);
}

} // namespace zandb
