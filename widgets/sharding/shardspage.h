// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/sharding/shardmodels.h"
#include "widgets/common/page.h"
#include "widgets/common/ui.h"

class QLabel;
class QPushButton;
class QStackedWidget;
class QTabBar;

namespace zandb {

class Inspector;
class TablePane;

struct ShardsFacts
{
    int shards = 0;
    int databases = 0;
    int findings = 0;
    bool isCut = false;               ///< there are more shards than are shown
    std::optional<TimePoint> compared; ///< when tables were compared last
    int unread = 0;                   ///< shards whose tables could not be read then
};

/// The sharding map: which instance owns which part of a logical database; what is wrong with it; and the rules that make it.
class ShardsPage final : public Page
{
    Q_OBJECT
public:
    ShardsPage(const Ui &ui, ShardTableModel *shards, ShardFindingModel *findings, ShardRuleModel *rules, QWidget *parent = nullptr);
    QString title() const override;
    QString help() const override;
    void setLoading(bool loading) override;
    void focusFilter() override;
    bool escape() override;
    void setFacts(const ShardsFacts &facts);
    /// Tables are being compared, `done` of `all` shards were read; all 0: not now.
    void setComparing(int done, int all);
    /// Shows the map with this shard selected, as soon as it is there.
    void showShard(const Uuid &id);

Q_SIGNALS:
    void importRequested();
    void applyRequested();
    void compareRequested();
    /// None: a new one.
    void ruleRequested(const std::vector<zandb::Uuid> &rule);
    void ruleRemoveRequested(const zandb::Uuid &rule);

protected:
    void changeEvent(QEvent *event) override;
    void showForbidden() override;

private:
    void retranslate();
    void showFacts();
    void showChosen();
    void showChosenShard();
    void showChosenFinding();
    void showChosenRule();
    TablePane *shownPane() const;

    ShardTableModel *m_shards;
    ShardFindingModel *m_findings;
    ShardRuleModel *m_rules;
    QTabBar *m_tabs;
    QStackedWidget *m_views;
    QLabel *m_facts;
    QPushButton *m_compare;
    QPushButton *m_import;
    QPushButton *m_add;
    QPushButton *m_apply;
    TablePane *m_pane;
    TablePane *m_findingPane;
    TablePane *m_rulePane;
    Inspector *m_inspector;
    Inspector *m_findingInspector;
    Inspector *m_ruleInspector;
    QPushButton *m_open;
    QPushButton *m_edit;
    QPushButton *m_remove;
    ShardsFacts m_known;
    std::optional<Uuid> m_wanted;
    int m_done = 0;
    int m_comparing = 0;
    bool m_loading = false;
};

} // namespace zandb
