// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/alerts/alertmodels.h"
#include "widgets/common/tablepage.h"

class QCheckBox;
class QPushButton;

namespace zandb {

/// What is wrong and should be seen; each leads to its cause.
class AlertsPage final : public TablePage
{
    Q_OBJECT
public:
    AlertsPage(const Ui &ui, AlertTableModel *model, QWidget *parent = nullptr);
    QString title() const override;
    QString help() const override;

Q_SIGNALS:
    void acknowledgeRequested(const std::vector<zandb::Uuid> &alerts);
    /// Also those that have ended.
    void endedWanted(bool on);

private:
    void retranslate() override;
    void showInspector() override;
    void showChips() override;

    AlertTableModel *m_model;
    QCheckBox *m_ended;
    QPushButton *m_cause;
    QPushButton *m_acknowledge;
};

} // namespace zandb
