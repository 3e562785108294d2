// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/sessions/sessionmodel.h"
#include "widgets/common/page.h"
#include "widgets/common/ui.h"

namespace zandb {

class SessionsView;

/// The process list of the scope's instances.
class SessionsPage final : public Page
{
    Q_OBJECT
public:
    SessionsPage(const Ui &ui, SessionTableModel *model, QWidget *parent = nullptr);
    QString title() const override;
    QString help() const override;
    void setLoading(bool loading) override;
    void focusFilter() override;
    bool escape() override;
    SessionsView *view() { return m_view; }

protected:
    void showForbidden() override;

private:
    SessionsView *m_view;
};

} // namespace zandb
