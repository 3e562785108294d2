// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/agentcalls.h"
#include "app/console/gotobox.h"
#include "app/console/listcontroller.h"
#include "app/sharding/shardrepository.h"
#include "models/sharding/shardimport.h"
#include "models/sharding/shardmodels.h"
#include "widgets/common/ui.h"
#include "widgets/sharding/sharddialogs.h"
#include "widgets/sharding/shardspage.h"

#include <QPointer>

#include <thread>

namespace zandb::console {

/// Keeps the Shards page at what the store says of the scope, does what it asks for after a preview, and finds shards for Ctrl+K.  GUI thread; the work is done on
/// others.
class ShardsController final : public ListController
{
    Q_OBJECT
public:
    using WithKey = std::function<void(std::function<void()>)>;
    ShardsController(const Settings &settings, const Ui &ui, store::Executor &executor, ConsoleState &state, StoreWatch &watch, AgentCalls &calls, WithKey withKey, QWidget *window);
    ~ShardsController() override;
    ShardTableModel *shards() { return &m_shards; }
    ShardFindingModel *findings() { return &m_findings; }
    ShardRuleModel *rules() { return &m_rules; }
    void askImport();
    void askRule(const std::vector<Uuid> &rule);
    void removeRule(const Uuid &rule);
    void applyRules();
    /// Reads the tables of the shown shards.
    void compare();
    /// For Ctrl+K: asks the store, the newest question wins.
    void find(const QString &text, std::function<void(std::vector<GoToBox::Entry>)> found);

Q_SIGNALS:
    void factsChanged(const zandb::ShardsFacts &facts);
    void comparing(int done, int all);
    /// This shard is to be shown.
    void shardWanted(const zandb::Uuid &id);
    /// For the status line.
    void accepted(const QString &what);

private:
    struct Facts
    {
        std::vector<ShardRow> shards;
        std::vector<ShardFindingRow> findings;
        std::vector<ShardRule> rules;
        ShardsFacts counts;
    };
    using Plan = std::shared_ptr<const sharding::ShardPlan>;
    using MakePlan = std::function<Result<sharding::ShardPlan>(store::Session &)>;
    Reading<Facts>::Job question() const;
    void show();
    void readFile(const QString &path);
    /// Has it made on a thread of the store, shows it, and carries it out when the person agrees.
    void preview(const QString &title, const QString &accept, MakePlan make, bool isImport = false);
    void showPlan(const Plan &plan);
    void carryOut();
    ShardPreviewDialog::Question questionOf(const sharding::ShardPlan &plan) const;
    void setCompared(std::vector<ShardFindingRow> rows, int unread, TimePoint at);

    const Settings &m_settings;
    Ui m_ui;
    AgentCalls &m_calls;
    WithKey m_withKey;
    QWidget *m_window;
    Reading<Facts> m_list;
    ShardTableModel m_shards;
    ShardFindingModel m_findings;
    ShardRuleModel m_rules;
    Facts m_facts;
    std::vector<ShardFindingRow> m_differences; ///< of the last comparison
    std::optional<TimePoint> m_compared;
    int m_unread = 0;
    QPointer<QDialog> m_dialog;
    QString m_title;
    QString m_accept;
    MakePlan m_make;
    bool m_isImport = false;
    std::function<MakePlan(bool keepOthers)> m_remake;
    Plan m_plan;
    Latest<Plan> m_planning;
    Latest<std::vector<Shard>> m_finding;
    std::jthread m_comparing;
    bool m_busy = false;
};

} // namespace zandb::console
