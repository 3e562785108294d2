// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/batchsql/sqlpage.h"

#include "models/common/text.h"
#include "widgets/batchsql/editorpane.h"
#include "widgets/batchsql/targetdialog.h"
#include "widgets/common/flowlayout.h"
#include "widgets/common/icons.h"
#include "widgets/common/pageparts.h"
#include "widgets/common/parts.h"
#include "widgets/common/tablecolumns.h"
#include "widgets/common/tablepane.h"
#include "widgets/common/theme.h"

#include <QComboBox>
#include <QEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QShortcut>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QSplitter>
#include <QTabBar>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace zandb {
namespace {

constexpr int mostEditors = 20;
constexpr int mostPerWave = 50;

} // namespace

SqlPage::SqlPage(const Ui &ui, SqlGridModel *grid, SqlGridModel *preview, SqlResultModel *result, SqlHistoryModel *history, QWidget *parent)
    : Page(parent), m_ui(ui), m_edge(new QLabel(this)), m_targets(new QLabel(this)), m_choose(new QPushButton(this)), m_schemaWord(new QLabel(this)), m_schema(new QLineEdit(this)),
      m_editors(new QTabWidget(this)), m_run(new QPushButton(this)), m_runAll(new QPushButton(this)), m_preview(new QPushButton(this)), m_waveWord(new QLabel(this)),
      m_wave(new QSpinBox(this)), m_stop(new QPushButton(this)), m_said(new QLabel(this)), m_results(new QTabWidget(this)), m_which(new QComboBox(this)),
      m_result(new TablePane(ui, QStringLiteral("sqlResult"), this)), m_statements(new TablePane(ui, QStringLiteral("sqlStatements"), this)),
      m_previewPane(new TablePane(ui, QStringLiteral("sqlPreview"), this)), m_historyPane(new TablePane(ui, QStringLiteral("sqlHistory"), this)), m_history(history)
{
    setObjectName(QStringLiteral("sqlPage"));
    const std::pair<QWidget *, const char *> names[] = {{m_targets, "sqlTargets"}, {m_choose, "sqlChoose"}, {m_schema, "sqlSchema"}, {m_editors, "sqlEditors"}, {m_run, "sqlRun"},
                                                        {m_runAll, "sqlRunAll"}, {m_preview, "sqlPreviewButton"}, {m_wave, "sqlWave"}, {m_stop, "sqlStop"}, {m_said, "sqlSaid"},
                                                        {m_results, "sqlResults"}, {m_which, "sqlWhich"}};
    for (const auto &[widget, name] : names)
        widget->setObjectName(QString::fromLatin1(name));
    m_edge->setFixedWidth(4);
    m_targets->setProperty("section", true);
    m_targets->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred); // a long list must not keep a window wide
    m_schema->setFixedWidth(18 * unit);
    m_said->setWordWrap(true);
    m_said->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_wave->setRange(1, mostPerWave);
    m_wave->setValue(4);
    m_wave->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_wave->setFixedWidth(6 * unit);
    m_which->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_which->setMinimumContentsLength(24);

    auto *head = new QHBoxLayout;
    head->setSpacing(unit);
    head->addWidget(m_edge);
    head->addWidget(m_targets, 1);
    head->addWidget(m_choose);
    head->addWidget(m_schemaWord);
    head->addWidget(m_schema);

    m_editors->setDocumentMode(true);
    m_editors->setMovable(false);
    m_editors->setMinimumHeight(8 * unit); // a low window shows both, if little of them
    m_results->setMinimumHeight(12 * unit);
    m_editors->tabBar()->setDrawBase(false);
    m_results->tabBar()->setDrawBase(false);
    auto *more = new QToolButton(this);
    more->setObjectName(QStringLiteral("sqlNew"));
    more->setText(QStringLiteral("+"));
    more->setAutoRaise(true);
    m_editors->setCornerWidget(more, Qt::TopRightCorner);

    auto *bar = new QWidget(this);
    auto *line = new FlowLayout(bar);
    line->setContentsMargins(0, unit / 2, 0, unit / 2);
    line->setSpacing(unit);
    auto *waves = new QWidget(bar); // the words stay beside their field
    auto *wavesLine = new QHBoxLayout(waves);
    wavesLine->setContentsMargins(unit, 0, 0, 0);
    wavesLine->setSpacing(unit / 2);
    wavesLine->addWidget(m_waveWord);
    wavesLine->addWidget(m_wave);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_run, m_runAll, m_preview, waves, m_stop})
        line->addWidget(widget);

    using Grid = SqlGridModel;
    m_statements->columns()->setFolding({Grid::Number, Grid::Warnings, Grid::Changed, Grid::Time});
    m_statements->setModel(grid, Grid::State, Grid::Instance, Qt::AscendingOrder);
    m_previewPane->columns()->setHiddenByDefault({Grid::Changed, Grid::Time, Grid::Warnings});
    m_previewPane->setModel(preview, Grid::State, Grid::Instance, Qt::AscendingOrder);
    m_result->setModel(result, -1, -1, Qt::AscendingOrder);
    m_result->setChoosesFirst(false);
    m_result->addToBar(m_which);
    m_historyPane->columns()->setFolding({SqlHistoryModel::Schema, SqlHistoryModel::Author});
    m_historyPane->setModel(history, SqlHistoryModel::State, SqlHistoryModel::At, Qt::DescendingOrder);
    m_results->setDocumentMode(true);
    m_results->addTab(m_result, QString());
    m_results->addTab(m_statements, QString());
    m_results->addTab(m_previewPane, QString());
    m_results->addTab(m_historyPane, QString());

    auto *upper = new QWidget(this);
    auto *upperBox = new QVBoxLayout(upper);
    upperBox->setContentsMargins(0, 0, 0, 0);
    upperBox->setSpacing(0);
    upperBox->addWidget(m_editors, 1);
    auto *lower = new QWidget(this);
    auto *lowerBox = new QVBoxLayout(lower);
    lowerBox->setContentsMargins(0, 0, 0, 0);
    lowerBox->setSpacing(0);
    lowerBox->addWidget(bar);
    lowerBox->addWidget(m_said);
    lowerBox->addWidget(makeCard(m_results, this), 1);
    auto *split = new QSplitter(Qt::Vertical, this);
    split->setChildrenCollapsible(false);
    split->addWidget(makeCard(upper, this));
    split->addWidget(lower);
    split->setStretchFactor(0, 1);
    split->setStretchFactor(1, 1);
    split->setSizes({40 * unit, 36 * unit});
    keepSizes(split, ui.settings, QStringLiteral("sql"));
    auto *layout = makePageLayout(this);
    layout->addLayout(head);
    layout->addWidget(split, 1);

    connect(more, &QToolButton::clicked, this, [this] {
        const Editor *from = current();
        addEditor({{}, {}, from ? from->draft.schema : QString(), from ? from->draft.targets : m_scope});
        Q_EMIT draftsChanged();
    });
    connect(m_editors, &QTabWidget::currentChanged, this, &SqlPage::showCurrent);
    connect(m_choose, &QPushButton::clicked, this, &SqlPage::chooseTargets);
    connect(m_schema, &QLineEdit::editingFinished, this, [this] {
        if (Editor *editor = current(); editor && editor->draft.schema != m_schema->text().trimmed()) {
            editor->draft.schema = m_schema->text().trimmed();
            editor->pane->editor()->setSchema(editor->draft.schema);
            Q_EMIT draftsChanged();
        }
    });
    connect(m_run, &QPushButton::clicked, this, [this] { run(SqlEditor::Part::Statement); });
    connect(m_runAll, &QPushButton::clicked, this, [this] { run(SqlEditor::Part::All); });
    connect(m_preview, &QPushButton::clicked, this, [this] { collect(SqlEditor::Part::All, [this](const SqlWish &wish) { Q_EMIT previewRequested(wish); }); });
    connect(m_stop, &QPushButton::clicked, this, &SqlPage::stopRequested);
    connect(m_results, &QTabWidget::currentChanged, this, [this](int at) {
        if (at == static_cast<int>(Tab::History))
            Q_EMIT historyWanted();
    });
    connect(m_historyPane, &TablePane::activated, this, [this](const Uuid &run) {
        const SqlHistoryRow *row = m_history->row(m_history->rowOf(run));
        if (!row)
            return;
        addEditor({{}, row->script.toUtf8(), row->schema, m_fleet->instance(row->instanceId) ? std::vector<Uuid>{row->instanceId} : std::vector<Uuid>{}});
        Q_EMIT draftsChanged();
    });
    connect(m_which, &QComboBox::activated, this, [this](int at) { Q_EMIT resultChosen(m_which->itemData(at).toInt()); });
    const auto key = [this](const QKeySequence &keys, auto act) {
        auto *shortcut = new QShortcut(keys, this);
        shortcut->setContext(Qt::WidgetWithChildrenShortcut);
        connect(shortcut, &QShortcut::activated, this, act);
    };
    for (const int enter : {Qt::Key_Return, Qt::Key_Enter}) {
        key(QKeySequence(Qt::CTRL | static_cast<Qt::Key>(enter)), [this] { run(SqlEditor::Part::Statement); });
        key(QKeySequence(Qt::CTRL | Qt::SHIFT | static_cast<Qt::Key>(enter)), [this] { run(SqlEditor::Part::All); });
    }
    key(QKeySequence(Qt::Key_F9), [this] { run(SqlEditor::Part::All); });
    key(QKeySequence(Qt::CTRL | Qt::Key_Slash), [this] {
        if (Editor *editor = current())
            editor->pane->editor()->toggleComment();
    });
    key(QKeySequence(Qt::CTRL | Qt::Key_H), [this] {
        if (Editor *editor = current())
            editor->pane->openFind(true);
    });
    key(QKeySequence(Qt::Key_F3), [this] {
        if (Editor *editor = current())
            editor->pane->findNext();
    });
    setRunning(false);
    retranslate();
}

QString SqlPage::title() const
{
    return tr("SQL");
}

QString SqlPage::help() const
{
    return tr("<p>SQL for one or many instances. The margin says what the guard lets through: point at a mark to read why. The agents judge again with the same rule.</p>"
              "<p><b>Ctrl+Enter</b> runs what is selected, or the statement at the cursor; <b>Ctrl+Shift+Enter</b> or F9 runs all. A script runs on the first instance alone, then on so "
              "many at a time; the first failure stops it. What changes data is asked about first, and on production its name is typed.</p>"
              "<p><b>Ctrl+/</b> comments lines, <b>Ctrl+F</b> finds, <b>Ctrl+H</b> replaces. <code>sel</code>, <code>upd</code>, <code>sv</code> and Tab make a statement. What the editors "
              "hold is kept, also when the program ends at once.</p><p>The same is done by <code>zandbctl sql run</code>.</p>");
}

void SqlPage::retranslate()
{
    for (QToolButton *close : m_editors->findChildren<QToolButton *>(QStringLiteral("sqlCloseTab")))
        close->setToolTip(tr("Close this tab"));
    m_choose->setText(tr("Choose…"));
    m_schemaWord->setText(tr("Schema"));
    m_schema->setPlaceholderText(tr("none"));
    m_run->setText(tr("Run"));
    m_run->setToolTip(tr("What is selected, or the statement at the cursor (Ctrl+Enter)"));
    m_runAll->setText(tr("Run all"));
    m_runAll->setToolTip(tr("The whole script (Ctrl+Shift+Enter, F9)"));
    m_preview->setText(tr("Preview"));
    m_waveWord->setText(tr("On 1 first, then waves of"));
    m_stop->setText(tr("Stop"));
    m_results->setTabText(0, tr("Result"));
    m_results->setTabText(1, tr("Statements"));
    m_results->setTabText(2, tr("Preview"));
    m_results->setTabText(3, tr("History"));
    m_historyPane->emptyState()->setTexts(tr("No script was run yet"), tr("Your scripts of the last 30 days stand here. A double click or Enter opens one in a new editor."));
    m_result->emptyState()->setTexts(tr("No result yet"), tr("Results of all instances stand here as one table."));
    m_statements->emptyState()->setTexts(tr("Nothing was run yet"), tr("Each statement on each instance has a line here."));
    m_previewPane->emptyState()->setTexts(tr("No preview yet"), tr("Preview asks each instance what the script would meet there, and changes nothing."));
    showCurrent();
}

void SqlPage::changeEvent(QEvent *event)
{
    Page::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

SqlPage::Editor *SqlPage::current()
{
    const int at = m_editors->currentIndex();
    return at >= 0 && at < static_cast<int>(m_open.size()) ? m_open[static_cast<std::size_t>(at)].get() : nullptr;
}

QString SqlPage::targetsText(const std::vector<Uuid> &targets, int most) const
{
    QStringList paths;
    for (const Uuid &id : targets) {
        if (paths.size() < most)
            paths << qs(m_fleet->pathOf(id));
    }
    if (static_cast<int>(targets.size()) > most)
        paths << QStringLiteral("…");
    return paths.join(QStringLiteral(", "));
}

void SqlPage::showCurrent()
{
    for (std::size_t at = 0; at < m_open.size(); ++at) {
        const SqlDraft &draft = m_open[at]->draft;
        const QString name = draft.name.isEmpty() ? tr("Script %1").arg(at + 1) : draft.name;
        const auto count = static_cast<int>(draft.targets.size());
        m_editors->setTabText(static_cast<int>(at), count == 1 ? name + QStringLiteral(" · ") + targetsText(draft.targets, 1) : tr("%1 · %n target(s)", nullptr, count).arg(name));
        m_editors->setTabToolTip(static_cast<int>(at), m_profile + QLatin1Char('\n') + targetsText(draft.targets, 20));
    }
    const Editor *editor = current();
    const auto count = editor ? static_cast<int>(editor->draft.targets.size()) : 0;
    m_targets->setText(count == 0 ? tr("%1: no targets chosen").arg(m_profile)
                                  : tr("%1: %n target(s): %2", nullptr, count).arg(m_profile, targetsText(editor->draft.targets, 6)));
    m_targets->setToolTip(editor ? targetsText(editor->draft.targets, 50) : QString());
    const QSignalBlocker quiet(m_schema);
    m_schema->setText(editor ? editor->draft.schema : QString());
    showForbidden();
}

void SqlPage::setProfile(const QString &name, const QColor &colour)
{
    m_profile = name;
    m_colour = colour;
    m_edge->setStyleSheet(QStringLiteral("background:%1").arg(colour.name()));
    showCurrent();
}

void SqlPage::setFleet(const std::shared_ptr<const Fleet> &fleet)
{
    m_fleet = fleet;
    for (const auto &editor : m_open)
        std::erase_if(editor->draft.targets, [&](const Uuid &id) { return !fleet->instance(id); });
    showCurrent();
}

void SqlPage::setScopeInstances(const std::vector<Uuid> &instances)
{
    m_scope = instances;
    if (m_open.empty())
        addEditor({{}, {}, {}, instances});
    showCurrent();
}

std::vector<SqlDraft> SqlPage::drafts() const
{
    std::vector<SqlDraft> all;
    for (const auto &editor : m_open) {
        all.push_back(editor->draft);
        all.back().text = editor->pane->editor()->bytes();
    }
    return all;
}

int SqlPage::currentDraft() const
{
    return m_editors->currentIndex();
}

void SqlPage::setDrafts(const std::vector<SqlDraft> &drafts, int currentIndex)
{
    for (const SqlDraft &draft : drafts)
        addEditor(draft);
    if (currentIndex >= 0 && currentIndex < m_editors->count())
        m_editors->setCurrentIndex(currentIndex);
}

EditorPane *SqlPage::addEditor(const SqlDraft &draft)
{
    if (m_open.size() >= static_cast<std::size_t>(mostEditors))
        return nullptr;
    auto editor = std::make_unique<Editor>();
    editor->pane = new EditorPane(this);
    editor->draft = draft;
    editor->draft.text.clear();
    SqlEditor *text = editor->pane->editor();
    text->setSchema(draft.schema);
    text->setBytes(draft.text);
    if (!m_names.isEmpty())
        text->setNames(m_names);
    connect(text, &SqlEditor::edited, this, &SqlPage::draftsChanged);
    connect(text, &SqlEditor::runRequested, this, [this](bool all) { run(all ? SqlEditor::Part::All : SqlEditor::Part::Statement); });
    EditorPane *pane = editor->pane;
    m_open.push_back(std::move(editor));
    const int at = m_editors->addTab(pane, QString());
    auto *close = new QToolButton(m_editors);
    close->setObjectName(QStringLiteral("sqlCloseTab"));
    close->setIcon(themedIcon("close"));
    close->setIconSize({12, 12});
    close->setAutoRaise(true);
    close->setToolTip(tr("Close this tab"));
    connect(close, &QToolButton::clicked, this, [this, pane] { closeEditor(m_editors->indexOf(pane)); });
    m_editors->tabBar()->setTabButton(at, QTabBar::RightSide, close);
    m_editors->setCurrentIndex(at);
    showCurrent();
    text->setFocus();
    return pane;
}

void SqlPage::closeEditor(int index)
{
    if (index < 0 || index >= static_cast<int>(m_open.size()))
        return;
    const auto close = [this, pane = m_open[static_cast<std::size_t>(index)]->pane] {
        const auto found = std::ranges::find_if(m_open, [&](const auto &editor) { return editor->pane == pane; });
        if (found == m_open.end())
            return;
        m_open.erase(found);
        m_editors->removeTab(m_editors->indexOf(pane));
        pane->deleteLater();
        if (m_open.empty())
            addEditor({{}, {}, {}, m_scope});
        showCurrent();
        Q_EMIT draftsChanged();
    };
    if (m_open[static_cast<std::size_t>(index)]->pane->editor()->bytes().trimmed().isEmpty()) {
        close();
        return;
    }
    Dialogs::Question question;
    question.title = tr("Close the script — %1").arg(m_profile);
    question.text = tr("What it holds is not kept.");
    question.accept = tr("Close the script");
    m_ui.dialogs.confirm(this, question, close);
}

void SqlPage::setNames(const QStringList &names)
{
    m_names = names;
    for (const auto &editor : m_open)
        editor->pane->editor()->setNames(names);
}

void SqlPage::chooseTargets()
{
    Editor *editor = current();
    if (!editor)
        return;
    auto *dialog = new TargetDialog(*m_fleet, editor->draft.targets, m_profile, m_colour, this);
    connect(dialog, &TargetDialog::targetsChosen, this, [this, pane = editor->pane](const std::vector<Uuid> &targets) {
        for (const auto &one : m_open) {
            if (one->pane == pane)
                one->draft.targets = targets;
        }
        showCurrent();
        Q_EMIT draftsChanged();
    });
    dialog->open();
}

void SqlPage::collect(SqlEditor::Part part, const std::function<void(const SqlWish &)> &then)
{
    Editor *editor = current();
    if (!editor || m_running)
        return;
    if (editor->draft.targets.empty()) {
        say(tr("Choose the instances first."), true);
        return;
    }
    SqlEditor *text = editor->pane->editor();
    if (part == SqlEditor::Part::Statement && text->hasSelectedText())
        part = SqlEditor::Part::Selection;
    text->setSchema(m_schema->text().trimmed());
    SqlWish wish;
    wish.schema = m_schema->text().trimmed();
    wish.targets = editor->draft.targets;
    wish.wave = m_wave->value();
    text->statements(part, [this, wish, then, pane = editor->pane, part](const JudgedScript &script) mutable {
        if (!script.problem.isEmpty()) {
            say(tr("Line %1: %2").arg(script.problemLine + 1).arg(script.problem), true);
            return;
        }
        wish.readsOnly = true;
        for (const JudgedStatement &statement : script.statements) {
            wish.statements.emplace_back(script.text.constData() + statement.offset, statement.length);
            wish.needsConfirmation = wish.needsConfirmation || statement.mark.needsConfirmation;
            wish.readsOnly = wish.readsOnly && statement.mark.statementClass == 'R';
            if (!statement.mark.allowed) {
                say(tr("Line %1 is not run: %2").arg(statement.line + 1).arg(qs(statement.mark.why)), true);
                if (part != SqlEditor::Part::Selection && m_editors->currentWidget() == pane)
                    pane->editor()->setCursorPosition(statement.line, 0);
                return;
            }
        }
        if (wish.statements.empty())
            say(tr("There is no statement here."), true);
        else
            then(wish);
    });
}

void SqlPage::run(SqlEditor::Part part)
{
    if (m_run->isEnabled())
        collect(part, [this](const SqlWish &wish) { Q_EMIT runRequested(wish); });
}

void SqlPage::setRunning(bool running)
{
    m_running = running;
    m_stop->setEnabled(running);
    showForbidden();
}

void SqlPage::showForbidden()
{
    const Editor *editor = current();
    const QString why = m_running ? tr("A script runs already.") : editor && editor->draft.targets.empty() ? tr("Choose the instances first.") : QString();
    permit(m_run, forbidden().isEmpty() ? why : forbidden());
    permit(m_runAll, forbidden().isEmpty() ? why : forbidden());
    permit(m_preview, why);
    if (m_run->isEnabled()) {
        m_run->setToolTip(tr("What is selected, or the statement at the cursor (Ctrl+Enter)"));
        m_runAll->setToolTip(tr("The whole script (Ctrl+Shift+Enter, F9)"));
    }
}

void SqlPage::say(const QString &text, bool trouble)
{
    m_said->setText(text);
    m_said->setStyleSheet(trouble ? QStringLiteral("color:%1").arg(lookColours(Look::Failed, isDark(palette())).text.name()) : QString());
}

void SqlPage::setResultStatements(const std::vector<std::pair<int, QString>> &statements)
{
    const int chosen = m_which->currentData().toInt();
    m_which->clear();
    for (const auto &[number, text] : statements)
        m_which->addItem(QStringLiteral("%1  %2").arg(number).arg(text.left(200).simplified()), number);
    if (const int at = m_which->findData(chosen); at >= 0)
        m_which->setCurrentIndex(at);
    m_which->setVisible(statements.size() > 1);
}

void SqlPage::setResultCut(int rows)
{
    m_result->setNewestOnly(rows);
}

void SqlPage::showTab(Tab tab)
{
    m_results->setCurrentIndex(static_cast<int>(tab));
}

void SqlPage::focusFilter()
{
    if (m_results->isAncestorOf(focusWidget())) {
        static_cast<TablePane *>(m_results->currentWidget())->focusFilter();
        return;
    }
    if (Editor *editor = current())
        editor->pane->openFind(false);
}

bool SqlPage::escape()
{
    Editor *editor = current();
    return (editor && editor->pane->closeFind()) || static_cast<TablePane *>(m_results->currentWidget())->clearFilter();
}

} // namespace zandb
