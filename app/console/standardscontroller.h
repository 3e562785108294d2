// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/agentcalls.h"
#include "app/console/listcontroller.h"
#include "app/platform/settings.h"
#include "models/config/configwish.h"
#include "widgets/common/ui.h"
#include "widgets/config/driftdialogs.h"
#include "widgets/config/standardspage.h"

#include <QPointer>

#include <thread>

namespace zandb::console {

/// Keeps the Standards page at what the store says of the scope, and does what it asks for.  GUI thread; the work is done on others.
class StandardsController final : public ListController
{
    Q_OBJECT
public:
    using WithKey = std::function<void(std::function<void()>)>;
    StandardsController(const Settings &settings, const Ui &ui, store::Executor &executor, ConsoleState &state, StoreWatch &watch, AgentCalls &calls, WithKey withKey, QWidget *window);
    ~StandardsController() override;
    DriftModel *findings() { return &m_findings; }
    StandardModel *standard() { return &m_standard; }
    void setAcceptedShown(bool on);
    /// Reads the scope's configurations now.
    void check();
    /// Reads these again, whose configuration has changed.
    void checkThese(const std::vector<Uuid> &instances);
    void repair(const std::vector<Uuid> &rows);
    void accept(const std::vector<Uuid> &rows);
    void askRule(const std::vector<Uuid> &findings);
    void editRule(const Uuid &rule);
    void removeRules(const std::vector<Uuid> &rules);

Q_SIGNALS:
    void factsChanged(const zandb::StandardsFacts &facts);
    void checkingChanged(int done, int all, const QStringList &troubles);
    void repairAgreed(const QString &title, const std::vector<zandb::ConfigWish> &wishes);
    /// For the status line.
    void accepted(const QString &what);

private:
    struct Facts
    {
        StandardsFacts counts;
        std::vector<DriftRow> rows; ///< accepted ones too
        std::vector<StandardRule> rules;
    };
    static Result<Facts> read(store::Session &session, const Fleet &fleet, const Scope &scope, TimePoint now);
    Reading<Facts>::Job question() const;
    void show();
    void openRule(StandardDialog::Question question);
    /// Does it in the store; what is refused is said.
    void write(const QString &what, std::function<Result<void>(store::Session &)> job);
    QString placeName(const Uuid &scope) const;
    std::vector<std::pair<Uuid, QString>> places() const;
    std::vector<DriftRow> rowsOf(const std::vector<Uuid> &ids) const;

    const Settings &m_settings;
    Ui m_ui;
    AgentCalls &m_calls;
    WithKey m_withKey;
    QWidget *m_window;
    DriftModel m_findings;
    StandardModel m_standard;
    Reading<Facts> m_list;
    Facts m_facts;
    bool m_acceptedShown = false;
    QPointer<QDialog> m_dialog;
    int m_checking = 0;
    int m_checked = 0;
    QStringList m_troubles;
    std::jthread m_check;
};

} // namespace zandb::console
