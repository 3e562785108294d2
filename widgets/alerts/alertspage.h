// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/alerts/alertmodels.h"
#include "widgets/common/page.h"
#include "widgets/common/ui.h"

#include <map>

class QCheckBox;
class QPushButton;

namespace zandb {

class Chip;
class Inspector;
class TablePane;

/// What is wrong and should be seen; each leads to its cause.
class AlertsPage final : public Page
{
    Q_OBJECT
public:
    AlertsPage(const Ui &ui, AlertTableModel *model, QWidget *parent = nullptr);
    QString title() const override;
    void setLoading(bool loading) override;
    void focusFilter() override;
    bool escape() override;
    QString help() const override;

Q_SIGNALS:
    void acknowledgeRequested(const std::vector<zandb::Uuid> &alerts);
    /// Also those that have ended.
    void endedWanted(bool on);

protected:
    void changeEvent(QEvent *event) override;
    void showForbidden() override { showInspector(); }

private:
    void retranslate();
    void showInspector();
    void showChips();

    AlertTableModel *m_model;
    std::map<Look, Chip *> m_chips;
    TablePane *m_pane;
    Inspector *m_inspector;
    QCheckBox *m_ended;
    QPushButton *m_cause;
    QPushButton *m_acknowledge;
    bool m_loading = false;
};

} // namespace zandb
