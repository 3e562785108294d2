// SPDX-License-Identifier: GPL-3.0-or-later
// The SQL page's bar and words; editors and targets are in sqlpage.cpp.
#include "widgets/batchsql/sqlpage.h"

#include "models/common/text.h"
#include "widgets/batchsql/editorpane.h"
#include "widgets/batchsql/sqlrulesdialog.h"
#include "widgets/common/flowlayout.h"
#include "widgets/common/pageparts.h"
#include "widgets/common/theme.h"

#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QShortcut>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QTabWidget>
#include <QToolButton>

namespace zandb {

/// What runs the script, and how.
void SqlPage::makeBar(QWidget *bar)
{
    auto *line = new FlowLayout(bar);
    line->setContentsMargins(0, unit / 2, 0, unit / 2);
    line->setSpacing(unit);
    auto *waves = new QWidget(bar); // the words stay beside their field
    auto *wavesLine = new QHBoxLayout(waves);
    wavesLine->setContentsMargins(unit, 0, 0, 0);
    wavesLine->setSpacing(unit / 2);
    wavesLine->addWidget(m_waveWord);
    wavesLine->addWidget(m_wave);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_run, m_runAll, m_preview, waves, m_rulesButton, m_stop, m_retry})
        line->addWidget(widget);
    connect(m_run, &QPushButton::clicked, this, [this] { run(SqlEditor::Part::Statement); });
    connect(m_runAll, &QPushButton::clicked, this, [this] { run(SqlEditor::Part::All); });
    connect(m_preview, &QPushButton::clicked, this, [this] { collect(SqlEditor::Part::All, [this](const SqlWish &wish) { Q_EMIT previewRequested(wish); }); });
    connect(m_wave, &QSpinBox::valueChanged, this, [this](int wave) {
        m_rules.policy.wave = wave;
        m_ui.settings.setValue(rulesKey(), qs(dumpJson(Json(m_rules.policy))));
    });
    connect(m_rulesButton, &QPushButton::clicked, this, &SqlPage::chooseRules);
    connect(m_stop, &QPushButton::clicked, this, &SqlPage::stopRequested);
    connect(m_retry, &QPushButton::clicked, this, &SqlPage::retryRequested);
}

void SqlPage::makeKeys()
{
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
}

QString SqlPage::title() const
{
    return tr("SQL");
}

QString SqlPage::help() const
{
    return tr("<p>SQL for one or many instances. The margin says what the guard lets through: point at a mark to read why. The agents judge again with the same rule.</p>"
              "<p><b>Ctrl+Enter</b> runs what is selected, or the statement at the cursor; <b>Ctrl+Shift+Enter</b> or F9 runs all. A script runs on the first instance alone, then on so "
              "many at a time; <b>Rules…</b> says who is first, how long it pauses and what stops it. What changes something is asked about first, and on production its name is typed. It goes on in "
              "the History when this window has ended meanwhile.</p>"
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
    m_rulesButton->setText(tr("Rules…"));
    m_stop->setText(tr("Stop"));
    m_stop->setToolTip(tr("No further instance begins, and statements that run are killed"));
    m_retry->setText(tr("Retry failed"));
    showRules();
    showCurrent();
}

void SqlPage::chooseRules()
{
    const Editor *editor = current();
    auto *dialog = new SqlRulesDialog(m_rules, *m_fleet, editor ? editor->draft.targets : std::vector<Uuid>(), m_profile, m_colour, this);
    connect(dialog, &SqlRulesDialog::rulesChosen, this, [this](const SqlRules &rules) {
        m_rules = rules;
        workflow::WavePolicy kept = rules.policy;
        kept.canary.reset(); // it is one of this script's instances
        m_ui.settings.setValue(rulesKey(), qs(dumpJson(Json(kept))));
        showRules();
    });
    dialog->open();
}

/// The rules in the words beside the field, and all of them in the button's tooltip.
void SqlPage::showRules()
{
    const workflow::WavePolicy &policy = m_rules.policy;
    m_waveWord->setText(policy.noCanary ? tr("In waves of") : tr("On 1 first, then waves of"));
    {
        const QSignalBlocker quiet(m_wave);
        m_wave->setValue(policy.wave);
    }
    QStringList lines{policy.stopPercent == 0 ? tr("The first failure stops it.") : tr("More than %1 % failures stop it.").arg(policy.stopPercent)};
    if (policy.pauseSeconds > 0)
        lines << tr("%n second(s) between waves.", nullptr, static_cast<int>(policy.pauseSeconds));
    if (policy.maxLagSeconds)
        lines << tr("A lag beyond %n second(s) stops it.", nullptr, static_cast<int>(*policy.maxLagSeconds));
    if (policy.maxThreadsRunning)
        lines << tr("More than %n running statement(s) on an instance stop it.", nullptr, static_cast<int>(*policy.maxThreadsRunning));
    m_rulesButton->setToolTip(lines.join(QLatin1Char('\n')));
}

void SqlPage::setRunning(bool running)
{
    m_running = running;
    m_stop->setEnabled(running);
    showForbidden();
}

void SqlPage::setRetry(bool can)
{
    m_canRetry = can;
    showForbidden();
}

void SqlPage::showForbidden()
{
    const Editor *editor = current();
    const QString why = m_running ? tr("A script runs already.") : editor && editor->draft.targets.empty() ? tr("Choose the instances first.") : QString();
    permit(m_run, forbidden().isEmpty() ? why : forbidden());
    permit(m_runAll, forbidden().isEmpty() ? why : forbidden());
    permit(m_preview, why);
    permit(m_retry, !forbidden().isEmpty() ? forbidden() : m_running ? tr("A script runs already.") : m_canRetry ? QString() : tr("Nothing of the last script failed."));
    if (m_retry->isEnabled())
        m_retry->setToolTip(tr("Runs the last script again where it failed, from its first statement; what is unknown is never repeated"));
    m_results->setForbidden(!forbidden().isEmpty() ? forbidden() : m_running ? tr("A script runs already.") : QString());
    if (m_run->isEnabled()) {
        m_run->setToolTip(tr("What is selected, or the statement at the cursor (Ctrl+Enter)"));
        m_runAll->setToolTip(tr("The whole script (Ctrl+Shift+Enter, F9)"));
    }
}

QString SqlPage::said() const
{
    return m_said->text();
}

void SqlPage::say(const QString &text, bool trouble)
{
    m_said->setText(text);
    m_said->setStyleSheet(trouble ? QStringLiteral("color:%1").arg(lookColours(Look::Failed, isDark(palette())).text.name()) : QString());
}

} // namespace zandb
