// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/batchsql/sqlpage.h"

#include "models/common/text.h"
#include "widgets/batchsql/editorpane.h"
#include "widgets/batchsql/scriptnamedialog.h"
#include "widgets/batchsql/targetdialog.h"
#include "widgets/common/icons.h"
#include "widgets/common/pageparts.h"
#include "widgets/common/plaintabs.h"
#include "widgets/common/theme.h"

#include <QEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
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

} // namespace

SqlPage::SqlPage(const Ui &ui, const SqlModels &models, QWidget *parent)
    : Page(parent), m_ui(ui), m_edge(new QLabel(this)), m_targets(new QLabel(this)), m_choose(new QPushButton(this)), m_schemaWord(new QLabel(this)), m_schema(new QLineEdit(this)),
      m_editors(new PlainTabs(this)), m_run(new QPushButton(this)), m_runAll(new QPushButton(this)), m_preview(new QPushButton(this)), m_waveWord(new QLabel(this)),
      m_wave(new QSpinBox(this)), m_rulesButton(new QPushButton(this)), m_stop(new QPushButton(this)), m_retry(new QPushButton(this)), m_said(new QLabel(this)),
      m_results(new SqlResultsPane(ui, models, this))
{
    setObjectName(QStringLiteral("sqlPage"));
    const std::pair<QWidget *, const char *> names[] = {{m_targets, "sqlTargets"}, {m_choose, "sqlChoose"}, {m_schema, "sqlSchema"}, {m_editors, "sqlEditors"}, {m_run, "sqlRun"},
                                                        {m_runAll, "sqlRunAll"}, {m_preview, "sqlPreviewButton"}, {m_wave, "sqlWave"}, {m_rulesButton, "sqlRules"}, {m_stop, "sqlStop"},
                                                        {m_retry, "sqlRetryFailed"}, {m_said, "sqlSaid"}};
    for (const auto &[widget, name] : names)
        widget->setObjectName(QString::fromLatin1(name));
    m_rules.policy.wave = 4;
    if (const auto kept = parseJson(ui.settings.value(rulesKey()).toString().toStdString()))
        m_rules.policy = decode<workflow::WavePolicy>(*kept).value_or(m_rules.policy);
    m_edge->setFixedWidth(4);
    m_targets->setProperty("section", true);
    m_targets->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred); // a long list must not keep a window wide
    m_schema->setFixedWidth(18 * unit);
    m_said->setWordWrap(true);
    m_said->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_wave->setRange(1, 64);
    m_wave->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_wave->setFixedWidth(6 * unit);

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
    m_editors->tabBar()->setDrawBase(false);
    auto *more = new QToolButton(this);
    more->setObjectName(QStringLiteral("sqlNew"));
    more->setText(QStringLiteral("+"));
    more->setAutoRaise(true);
    m_editors->setCornerWidget(more, Qt::TopRightCorner);
    auto *bar = new QWidget(this);
    makeBar(bar);

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
            showCurrent();
            Q_EMIT draftsChanged();
        }
    });
    makeKeys();
    setRunning(false);
    retranslate();
}

void SqlPage::showEvent(QShowEvent *event)
{
    Page::showEvent(event);
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
    if (editor && isVisible()) // asks hosts, which is for who works here
        Q_EMIT placeChanged(editor->draft.targets, editor->draft.schema);
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

SqlDraft SqlPage::currentScript() const
{
    const auto *editor = const_cast<SqlPage *>(this)->current();
    if (!editor)
        return {};
    SqlDraft draft = editor->draft;
    draft.text = editor->pane->editor()->bytes();
    return draft;
}

void SqlPage::askScriptName()
{
    const Editor *editor = current();
    if (!editor)
        return;
    auto *dialog = new ScriptNameDialog(editor->draft.name, m_profile, this);
    connect(dialog, &ScriptNameDialog::nameChosen, this, [this, pane = editor->pane](const QString &name) {
        for (const auto &one : m_open) {
            if (one->pane == pane)
                one->draft.name = name;
        }
        showCurrent();
        Q_EMIT draftsChanged();
        Q_EMIT scriptNamed(name);
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
    wish.rules = m_rules;
    if (wish.rules.policy.canary && std::ranges::find(wish.targets, *wish.rules.policy.canary) == wish.targets.end())
        wish.rules.policy.canary.reset(); // it was of another script
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

void SqlPage::focusFilter()
{
    if (m_results->isAncestorOf(focusWidget())) {
        m_results->focusFilter();
        return;
    }
    if (Editor *editor = current())
        editor->pane->openFind(false);
}

bool SqlPage::escape()
{
    Editor *editor = current();
    return (editor && editor->pane->closeFind()) || m_results->clearFilter();
}

} // namespace zandb
