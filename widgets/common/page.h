// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleet/location.h"

#include <QWidget>

namespace zandb {

/// A page of the window.  Facts come in through models and setters, what the person wants goes out as signals.
class Page : public QWidget
{
    Q_OBJECT
public:
    using QWidget::QWidget;

    /// The words on the rail and in the title; translated.
    virtual QString title() const = 0;
    /// The data is being read for the first time: shows a skeleton after 150 ms.
    virtual void setLoading(bool loading) { Q_UNUSED(loading) }
    /// Ctrl+F
    virtual void focusFilter() {}
    /// Esc: takes back the innermost narrowing; false when there was none.
    virtual bool escape() { return false; }
    /// What the store would refuse is shown disabled with this reason; empty: nothing.
    void setForbidden(const QString &why)
    {
        if (why == m_forbidden)
            return;
        m_forbidden = why;
        showForbidden();
    }
    /// What the page shows and what one can do here, in a few sentences; translated rich text.
    virtual QString help() const = 0;
    /// The window goes to this place, of this page.
    virtual void enter(const Location &location) { Q_UNUSED(location) }

protected:
    const QString &forbidden() const { return m_forbidden; }
    virtual void showForbidden() {}

Q_SIGNALS:
    /// A link was followed.  Scope and range that the location does not name stay as they are.
    void goToRequested(const zandb::Location &location);

private:
    QString m_forbidden;
};

} // namespace zandb
