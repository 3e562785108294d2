// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/batchsql/sqlwish.h"
#include "models/fleet/fleet.h"
#include "widgets/batchsql/sqleditor.h"
#include "widgets/batchsql/sqlresultspane.h"
#include "widgets/common/page.h"
#include "widgets/common/ui.h"

#include <QColor>
#include <QTimer>

#include <memory>

class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;
class QTabWidget;

namespace zandb {

class EditorPane;

/// SQL for many instances: editors with the guard's marks, and what became of the script on each instance.
class SqlPage final : public Page
{
    Q_OBJECT
public:
    SqlPage(const Ui &ui, const SqlModels &models, QWidget *parent = nullptr);
    QString title() const override;
    QString help() const override;
    void focusFilter() override;
    bool escape() override;

    void setProfile(const QString &name, const QColor &colour);
    /// Targets are named by it; what it no longer has is left out.
    void setFleet(const std::shared_ptr<const Fleet> &fleet);
    /// Targets of editors that have none yet.
    void setScopeInstances(const std::vector<Uuid> &instances);
    std::vector<SqlDraft> drafts() const;
    int currentDraft() const;
    void setDrafts(const std::vector<SqlDraft> &drafts, int current);
    /// A new editor in front.
    EditorPane *addEditor(const SqlDraft &draft);
    /// Names for completion in all editors.
    void setNames(const QStringList &names);

    /// What the editor in front holds.
    SqlDraft currentScript() const;
    /// Asks under what name it is saved; scriptNamed() follows.
    void askScriptName();

    void setRunning(bool running);
    /// Whether the script that was shown last has instances to repeat.
    void setRetry(bool can);
    bool isRunning() const { return m_running; }
    void say(const QString &text, bool trouble = false);
    QString said() const;
    SqlResultsPane *results() const { return m_results; }
    using Tab = SqlResultsPane::Tab;
    void showTab(Tab tab) { m_results->showTab(tab); }

Q_SIGNALS:
    void runRequested(const zandb::SqlWish &wish);
    void previewRequested(const zandb::SqlWish &wish);
    void stopRequested();
    /// The script that was shown last is to run again where it failed.
    void retryRequested();
    void scriptNamed(const QString &name);
    /// Something an editor holds has changed.
    void draftsChanged();
    /// While the page is on the screen: another editor is in front, or it has other targets or another schema: names to complete are others.
    void placeChanged(const std::vector<zandb::Uuid> &targets, const QString &schema);

protected:
    void changeEvent(QEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void showForbidden() override;

private:
    struct Editor
    {
        EditorPane *pane = nullptr;
        SqlDraft draft; ///< without the text
    };
    void retranslate();
    Editor *current();
    void showCurrent();
    static QString rulesKey() { return QStringLiteral("sql/waves"); }
    void makeBar(QWidget *bar);
    void makeKeys();
    void chooseTargets();
    void chooseRules();
    void showRules();
    void closeEditor(int index);
    void collect(SqlEditor::Part part, const std::function<void(const SqlWish &)> &then);
    void run(SqlEditor::Part part);
    QString targetsText(const std::vector<Uuid> &targets, int most) const;

    Ui m_ui;
    QLabel *m_edge;
    QLabel *m_targets;
    QPushButton *m_choose;
    QLabel *m_schemaWord;
    QLineEdit *m_schema;
    QTabWidget *m_editors;
    QPushButton *m_run;
    QPushButton *m_runAll;
    QPushButton *m_preview;
    QLabel *m_waveWord;
    QSpinBox *m_wave;
    QPushButton *m_rulesButton;
    QPushButton *m_stop;
    QPushButton *m_retry;
    QLabel *m_said;
    SqlResultsPane *m_results;
    std::vector<std::unique_ptr<Editor>> m_open;
    std::shared_ptr<const Fleet> m_fleet = std::make_shared<Fleet>();
    std::vector<Uuid> m_scope;
    QStringList m_names;
    QString m_profile;
    QColor m_colour;
    SqlRules m_rules;
    bool m_running = false;
    bool m_canRetry = false;
};

} // namespace zandb
