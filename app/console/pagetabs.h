// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleet/location.h"

#include <QTabBar>

#include <functional>

class QSettings;

namespace zandb::console {

/// The tabs of one list: the list itself, other views of it, and what was opened from it in full.  Hidden while there is the list only.  What is open is
/// kept in the settings, at most ten of each list; the one that was opened first gives way.
class PageTabs final : public QTabBar
{
    Q_OBJECT
public:
    explicit PageTabs(QSettings &settings, QWidget *parent = nullptr);
    /// One thing in full.
    struct Tab
    {
        QString list;  ///< the page it belongs to
        QString page;  ///< the page that shows it
        Subject subject;
        QString title; ///< as last known
        QString key = {}; ///< what the title is made of, in any language; empty: it is no text to translate
    };
    /// Remembers it, or its new title.
    void open(const Tab &tab);
    /// In another language: `titleOf` makes the titles of those that have a key.
    void retitle(const std::function<QString(const Tab &)> &titleOf);
    /// A tab that is always there.
    struct View
    {
        QString page;
        QString title;
    };
    /// Shows the tabs of a list: its views, the list itself first, then what is open; `page` and `subject`: which is in front.
    void showOf(const QList<View> &views, const QString &page, const std::optional<Subject> &subject);
    /// Closes the tab in front; false when that is the list itself or another view of it.
    bool closeCurrent();

Q_SIGNALS:
    /// No subject: the list itself or another view of it.
    void chosen(const QString &page, const std::optional<zandb::Subject> &subject);

private:
    void keep();
    void close(int index);
    void addCloseButton(int index);
    QSettings &m_settings;
    QList<Tab> m_open;  ///< in the order of opening
    QList<Tab> m_shown; ///< those of the list that is shown: the tabs after its views
    QList<View> m_views;
    bool m_showing = false; ///< changes are ours
};

} // namespace zandb::console
