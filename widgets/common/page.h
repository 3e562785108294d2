// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleet/location.h"

#include <QWidget>

class QLabel;

namespace zandb {

class Banner;

/// A page of the window.  Facts come in through models and setters, what the person wants goes out as signals.
class Page : public QWidget
{
    Q_OBJECT
public:
    using QWidget::QWidget;

    /// The words on the rail and in the title; translated.
    virtual QString title() const = 0;
    /// For a page of one thing, what its title is made of: the same in every language, empty when nothing is shown.
    virtual QString titleKey() const { return {}; }
    /// The title that such a key makes, in the language of now.
    virtual QString titleFrom(const QString &key) const { return key; }
    /// One word for the rail, where the title has no room there.
    virtual QString word() const { return title(); }
    /// Data is being read for the first time, or for another scope or range than the shown one: shows a skeleton after
    /// 150 ms, and nothing of what is shown can be acted on.
    virtual void setLoading(bool loading) { Q_UNUSED(loading) }
    /// Why the page could not be read anew, across its top; both empty: it was.
    void setTrouble(const QString &text, const QString &detail);
    /// The store does not answer: what the page shows is old.
    virtual void setAway(bool away) { Q_UNUSED(away) }
    /// Ctrl+F
    virtual void focusFilter() {}
    /// Esc: takes back the innermost narrowing; false when there was none.
    virtual bool escape() { return false; }
    /// What the store would refuse is shown disabled with this reason; empty: nothing.
    /// `said`: the window says why already, and the page need not.
    void setForbidden(const QString &why, bool said = false);
    /// What the page shows and what one can do here, in a few sentences; translated rich text.
    virtual QString help() const = 0;
    /// The window goes to this place, of this page.
    virtual void enter(const Location &location) { Q_UNUSED(location) }

protected:
    /// Asks to be led to a run's page.
    void goToRun(const Uuid &id);
    const QString &forbidden() const { return m_forbidden; }
    virtual void showForbidden() {}
    /// Whether the page has buttons that setForbidden disables: the reason then stands on the page, for those who do
    /// not point at a button to read it.
    virtual bool hasActs() const { return true; }

Q_SIGNALS:
    /// A link was followed.  Scope and range that the location does not name stay as they are.
    void goToRequested(const zandb::Location &location);

private:
    QString m_forbidden;
    QLabel *m_why = nullptr;
    Banner *m_trouble = nullptr;
};

} // namespace zandb
