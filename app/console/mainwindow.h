// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/result.h"
#include "app/console/consolestate.h"
#include "app/console/gotobox.h"
#include "app/console/pageregistry.h"
#include "models/fleet/fleettreemodel.h"
#include "widgets/common/page.h"
#include "widgets/common/theme.h"
#include "widgets/common/ui.h"

#include <QMainWindow>

#include <functional>
#include <optional>

class QAction;
class QButtonGroup;
class QLabel;
class QMenu;
class QSplitter;
class QStackedWidget;
class QToolButton;

namespace zandb {
class Banner;
class Breadcrumb;
class FleetTree;
class TimeRangeBar;
} // namespace zandb

namespace zandb::console {

class Language;
class PageTabs;
class Shortcuts;
class StatusLine;

/// The window: rail of pages, tree as scope, breadcrumb, shared time range, status line.  Knows pages only as Page.
class MainWindow final : public QMainWindow
{
    Q_OBJECT
public:
    struct Parts
    {
        ConsoleState &state;
        Theme &theme;
        Language &language;
        FleetTreeModel *tree;
        QString profile;
        QColor colour;
    };
    MainWindow(const Ui &ui, const Parts &parts, QWidget *parent = nullptr);

    /// How large the first window is on a screen that has this much room: as much as is of use, and never more than there is.
    static QSize firstSize(const QSize &room);

    /// Makes the page and takes it in; pages of the rail come in the rail's order.
    void addPage(const PageEntry &entry);
    Page *page(const QString &name) const;
    /// Whether there is such a page, and what it needs.
    bool hasPlace(const Location &location) const;
    /// The same place without what it shows in full: the list that belongs to it.
    Location listOf(Location location) const;
    StatusLine *statusLine() { return m_status; }
    /// Holds at once, and for the next start.
    void setTheme(Theme::Choice choice);
    void setLanguage(const QString &name);
    void showShortcuts();
    /// Why nothing may be begun now; empty: it may.
    void setForbidden(const QString &why);
    /// Empty: the store is there.
    void setTrouble(const QString &text, const QString &detail);
    /// Asked before closing: what goes on without the window and what does not; nothing: it just closes.
    void setCloseQuestion(std::function<std::optional<Dialogs::Question>()> question) { m_closeQuestion = std::move(question); }
    /// Where Ctrl+K looks besides what the window knows itself.
    void setFinder(GoToBox::Finder finder) { m_finder = std::move(finder); }
    /// Title, breadcrumb and rail as they are to be now.
    void showLocation();

Q_SIGNALS:
    void refreshRequested();
    void connectionRequested();
    void backupRequested(const std::vector<zandb::Uuid> &instances);

protected:
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;
    void closeEvent(QCloseEvent *event) override;

private:
    void makeMenus();
    void retranslateMenus();
    void explain();
    void showAbout();
    void retranslate();
    void follow(const Location &to);
    void openGoTo();
    void addActsTo(std::vector<GoToBox::Entry> &entries);
    void closeTab();
    void copyLocation();
    void pasteLocation();

    Ui m_ui;
    Parts m_parts;
    struct Entry
    {
        PageEntry page;
        Page *widget;
        QToolButton *button; ///< null: not on the rail
        QAction *action;
    };
    const Entry *entryOf(const QString &name) const;
    /// Shows one thing in full, in a tab of its list.
    bool isInFull(const Location &location) const;
    void addToRail(Entry &entry);
    void fitRail();
    std::vector<Entry> m_pages;
    QWidget *m_rail;
    QButtonGroup *m_railGroup;
    FleetTree *m_tree;
    QWidget *m_edge;
    QToolButton *m_back;
    QToolButton *m_forward;
    Breadcrumb *m_crumbs;
    TimeRangeBar *m_range;
    QToolButton *m_goTo;
    Banner *m_banner;
    QSplitter *m_split = nullptr; ///< tree and pages
    PageTabs *m_tabs;
    QStackedWidget *m_stack;
    StatusLine *m_status;
    Shortcuts *m_shortcuts;
    std::function<std::optional<Dialogs::Question>()> m_closeQuestion;
    GoToBox::Finder m_finder;
    bool m_mayClose = false;
    QMenu *m_goMenu = nullptr;
    QMenu *m_helpMenu = nullptr;
    QMenu *m_viewMenu = nullptr;
    QMenu *m_themeMenu = nullptr;
    QMenu *m_languageMenu = nullptr;
    QList<QAction *> m_texts; ///< with the English text as data, to be translated again
};

} // namespace zandb::console
