// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/batchsql/sqlgridmodel.h"
#include "models/batchsql/sqlhistorymodel.h"
#include "models/fleet/fleet.h"
#include "widgets/batchsql/sqleditor.h"
#include "widgets/common/page.h"
#include "widgets/common/ui.h"

#include <QColor>
#include <QTimer>

#include <memory>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;
class QTabWidget;

namespace zandb {

class EditorPane;
class TablePane;

/// What an editor holds; it outlives the program.
struct SqlDraft
{
    QString name;
    QByteArray text;
    QString schema;
    std::vector<Uuid> targets;
};

/// What a person wants to have run or previewed.
struct SqlWish
{
    QString schema;
    std::vector<Uuid> targets;
    std::vector<std::string> statements;
    bool needsConfirmation = false; ///< the guard wants it for one of them
    bool readsOnly = false;         ///< all are of class R
    int wave = 1;                   ///< instances at a time after the first one
};

/// SQL for many instances: editors with the guard's marks, and what became of the script on each instance.
class SqlPage final : public Page
{
    Q_OBJECT
public:
    SqlPage(const Ui &ui, SqlGridModel *grid, SqlGridModel *preview, SqlResultModel *result, SqlHistoryModel *history, QWidget *parent = nullptr);
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

    void setRunning(bool running);
    void say(const QString &text, bool trouble = false);
    /// The statements that have a result, for the choice above the table: their numbers from 1.
    void setResultStatements(const std::vector<std::pair<int, QString>> &statements);
    void setResultCut(int rows);
    enum class Tab { Result, Statements, Preview, History };
    void showTab(Tab tab);

Q_SIGNALS:
    void runRequested(const zandb::SqlWish &wish);
    void previewRequested(const zandb::SqlWish &wish);
    void stopRequested();
    void resultChosen(int statement);
    /// The history has come to the front.
    void historyWanted();
    /// Something an editor holds has changed.
    void draftsChanged();

protected:
    void changeEvent(QEvent *event) override;
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
    void chooseTargets();
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
    QPushButton *m_stop;
    QLabel *m_said;
    QTabWidget *m_results;
    QComboBox *m_which;
    TablePane *m_result;
    TablePane *m_statements;
    TablePane *m_previewPane;
    TablePane *m_historyPane;
    SqlHistoryModel *m_history;
    std::vector<std::unique_ptr<Editor>> m_open;
    std::shared_ptr<const Fleet> m_fleet = std::make_shared<Fleet>();
    std::vector<Uuid> m_scope;
    QStringList m_names;
    QString m_profile;
    QColor m_colour;
    bool m_running = false;
};

} // namespace zandb
