// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/config/configmodels.h"
#include "widgets/common/page.h"
#include "widgets/common/ui.h"

class QComboBox;
class QLabel;
class QPushButton;
class QStackedWidget;
class QTabBar;

namespace zandb {

class Inspector;
class TablePane;

/// Which variables are listed.
enum class ConfigShow { All, Set, StartChanges, NotDefault };

/// What was heard of the scope's instances.
struct ConfigFacts
{
    int instances = 0;
    int answered = 0;
    int left = 0;          ///< more than are read at once
    int startChanges = 0;  ///< values that a start would change
    QStringList troubles;  ///< "db1/my3306: ...", what failed and what is wrong with option files
};

/// Variables of the scope's instances, and what was changed of them.
class ConfigPage final : public Page
{
    Q_OBJECT
public:
    ConfigPage(const Ui &ui, ConfigTableModel *variables, ConfigHistoryModel *history, QWidget *parent = nullptr);
    QString title() const override;
    QString help() const override;
    void setLoading(bool loading) override;
    void setFacts(const ConfigFacts &facts);
    /// The variables are not read again before the history is: it comes from the store.
    void setHistoryCut(int rows);
    void focusFilter() override;
    bool escape() override;

Q_SIGNALS:
    void watched(bool on);
    void showChosen(zandb::ConfigShow show);
    /// Changes this variable on these instances, or any on all of the scope where both are empty.
    void changeRequested(const QString &variable, const std::vector<zandb::Uuid> &instances);
    void revertRequested(const std::vector<zandb::Uuid> &revisions);

protected:
    void changeEvent(QEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void showForbidden() override;

private:
    void retranslate();
    void showFacts();
    void showVariable();
    void showRevision();

    ConfigTableModel *m_variables;
    ConfigHistoryModel *m_history;
    QTabBar *m_tabs;
    QStackedWidget *m_views;
    QLabel *m_facts;
    QLabel *m_troubles;
    QPushButton *m_change;
    QComboBox *m_show;
    TablePane *m_pane;
    TablePane *m_historyPane;
    Inspector *m_inspector;
    Inspector *m_historyInspector;
    QPushButton *m_changeThis;
    QPushButton *m_revert;
    ConfigFacts m_known;
};

} // namespace zandb
