// SPDX-License-Identifier: GPL-3.0-or-later
// The window's menus, and what they open.
#include "app/console/gotobox.h"
#include "app/console/language.h"
#include "app/console/mainwindow.h"
#include "app/console/shortcuts.h"
#include "app/console/statusline.h"
#include "models/common/text.h"
#include "widgets/common/helpbox.h"
#include "widgets/fleet/fleettree.h"

#include <QAction>
#include <QActionGroup>
#include <QClipboard>
#include <QGuiApplication>
#include <QMenu>
#include <QMenuBar>
#include <QPointer>
#include <QPushButton>
#include <QSettings>
#include <QStackedWidget>
#include <QToolButton>

namespace zandb::console {

void MainWindow::makeMenus()
{
    const auto add = [this](QMenu *menu, const char *id, const char *text, const QKeySequence &keys, auto act) {
        QAction *action = menu->addAction(tr(text));
        action->setData(QByteArray(text));
        if (id)
            m_shortcuts->add(QString::fromLatin1(id), action, keys);
        connect(action, &QAction::triggered, this, act);
        m_texts << action;
        return action;
    };
    m_goMenu = menuBar()->addMenu(QString());
    add(m_goMenu, "back", QT_TR_NOOP("Back"), QKeySequence(Qt::ALT | Qt::Key_Left), [this] { m_parts.state.back(); });
    add(m_goMenu, "forward", QT_TR_NOOP("Forward"), QKeySequence(Qt::ALT | Qt::Key_Right), [this] { m_parts.state.forward(); });
    add(m_goMenu, "goto", QT_TR_NOOP("Go to anything…"), QKeySequence(Qt::CTRL | Qt::Key_K), [this] { openGoTo(); })->setObjectName(QStringLiteral("goto"));
    m_goMenu->addSeparator();
    add(m_goMenu, "copy-place", QT_TR_NOOP("Copy this place"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_L), [this] { copyLocation(); });
    add(m_goMenu, "paste-place", QT_TR_NOOP("Go to the place in the clipboard"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_V), [this] { pasteLocation(); });
    add(m_goMenu, nullptr, QT_TR_NOOP("Connection…"), {}, [this] { Q_EMIT connectionRequested(); });
    add(m_goMenu, "quit", QT_TR_NOOP("Quit"), QKeySequence(Qt::CTRL | Qt::Key_Q), [this] { close(); })->setMenuRole(QAction::QuitRole);
    m_goMenu->addSeparator();
    m_viewMenu = menuBar()->addMenu(QString());
    add(m_viewMenu, "refresh", QT_TR_NOOP("Refresh"), QKeySequence(Qt::Key_F5), [this] { Q_EMIT refreshRequested(); });
    add(m_viewMenu, "filter", QT_TR_NOOP("Filter"), QKeySequence(Qt::CTRL | Qt::Key_F), [this] {
        if (auto *shown = qobject_cast<Page *>(m_stack->currentWidget()))
            shown->focusFilter();
    });
    add(m_viewMenu, "close-tab", QT_TR_NOOP("Close this tab"), QKeySequence(Qt::CTRL | Qt::Key_W), [this] { closeTab(); });
    add(m_viewMenu, "filter-hosts", QT_TR_NOOP("Filter hosts"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_F), [this] { m_tree->focusFilter(); });
    add(m_viewMenu, "escape", QT_TR_NOOP("Clear filter"), QKeySequence(Qt::Key_Escape), [this] {
        if (auto *shown = qobject_cast<Page *>(m_stack->currentWidget()))
            shown->escape();
    });
    m_viewMenu->addSeparator();
    m_themeMenu = m_viewMenu->addMenu(QString());
    auto *themes = new QActionGroup(this);
    for (const auto &[text, choice] : {std::pair{QT_TR_NOOP("System"), Theme::Choice::System}, {QT_TR_NOOP("Light"), Theme::Choice::Light},
                                       {QT_TR_NOOP("Dark"), Theme::Choice::Dark}}) {
        QAction *action = add(m_themeMenu, nullptr, text, {}, [this, choice = choice] { setTheme(choice); });
        action->setProperty("choice", static_cast<int>(choice));
        action->setCheckable(true);
        action->setChecked(m_parts.theme.choice() == choice);
        themes->addAction(action);
    }
    m_languageMenu = m_viewMenu->addMenu(QString());
    auto *languages = new QActionGroup(this);
    for (const auto &[text, name] : {std::pair{QStringLiteral("English"), QStringLiteral("en")}, {QStringLiteral("简体中文"), QStringLiteral("zh_CN")}}) {
        QAction *action = m_languageMenu->addAction(text);
        action->setObjectName(QStringLiteral("language-") + name);
        action->setCheckable(true);
        action->setChecked(m_parts.language.name() == name);
        languages->addAction(action);
        connect(action, &QAction::triggered, this, [this, name = name] { setLanguage(name); });
    }
    m_helpMenu = menuBar()->addMenu(QString());
    add(m_helpMenu, "help", QT_TR_NOOP("Explain this page"), QKeySequence(Qt::Key_F1), [this] { explain(); });
    add(m_helpMenu, "shortcuts", QT_TR_NOOP("Keyboard shortcuts…"), QKeySequence(Qt::CTRL | Qt::Key_F1), [this] { showShortcuts(); });
    m_helpMenu->addSeparator();
    QAction *about = add(m_helpMenu, nullptr, QT_TR_NOOP("About ZanDB"), {}, [this] { showAbout(); });
    about->setObjectName(QStringLiteral("about"));
    about->setMenuRole(QAction::AboutRole);
}

void MainWindow::setTheme(Theme::Choice choice)
{
    m_parts.theme.apply(choice);
    m_ui.settings.setValue(QStringLiteral("theme"), static_cast<int>(choice));
    for (QAction *action : m_themeMenu->actions())
        action->setChecked(action->property("choice").toInt() == static_cast<int>(choice));
}

void MainWindow::setLanguage(const QString &name)
{
    m_parts.language.set(name);
    m_ui.settings.setValue(QStringLiteral("language"), name);
    for (QAction *action : m_languageMenu->actions())
        action->setChecked(action->objectName() == QStringLiteral("language-") + name);
}

void MainWindow::retranslateMenus()
{
    m_goMenu->setTitle(tr("&Go"));
    m_viewMenu->setTitle(tr("&View"));
    m_helpMenu->setTitle(tr("&Help"));
    m_themeMenu->setTitle(tr("Theme"));
    m_languageMenu->setTitle(tr("Language"));
    for (QAction *action : m_texts)
        action->setText(tr(action->data().toByteArray().constData()));
}

void MainWindow::explain()
{
    const auto *shown = qobject_cast<Page *>(m_stack->currentWidget());
    if (!shown)
        return;
    auto *box = new HelpBox(shown->title(), shown->help(), this);
    connect(box, &HelpBox::shortcutsRequested, this, &MainWindow::showShortcuts);
    box->show();
}

void MainWindow::showAbout()
{
    m_ui.dialogs.message(this, tr("About ZanDB"),
                         tr("ZanDB %1, the console for fleets of MySQL and MariaDB servers.\n\nFree software under the GNU General Public License, version 3 "
                            "or later: you may use, change and pass it on under its terms. It comes without any warranty.\n\nQt %2")
                             .arg(QCoreApplication::applicationVersion(), QString::fromLatin1(qVersion())));
}

void MainWindow::showShortcuts()
{
    auto *dialog = new ShortcutsDialog(m_shortcuts->entries(), this);
    connect(dialog, &ShortcutsDialog::changed, m_shortcuts, &Shortcuts::set);
    dialog->open();
}

/// What the shown page's buttons do now, and what the menus do.
void MainWindow::addActsTo(std::vector<GoToBox::Entry> &entries)
{
    for (QPushButton *button : m_stack->currentWidget()->findChildren<QPushButton *>()) {
        if (button->isVisible() && button->isEnabled() && !button->text().isEmpty())
            entries.push_back({QStringLiteral("right"), button->text().remove(QLatin1Char('&')), tr("action of this page"), {}, [button = QPointer(button)] {
                if (button && button->isEnabled())
                    button->click();
            }});
    }
    for (QAction *action : m_texts) {
        if (action->isEnabled() && action->objectName() != QLatin1String("goto"))
            entries.push_back({QStringLiteral("right"), action->text().remove(QLatin1Char('&')), tr("action"), {}, [action = QPointer(action)] {
                if (action)
                    action->trigger();
            }});
    }
}

void MainWindow::openGoTo()
{
    std::vector<GoToBox::Entry> entries;
    const Location &here = m_parts.state.location();
    for (const Entry &entry : m_pages) {
        if (!entry.button)
            continue;
        Location to = here;
        to.page = entry.page.name;
        to.subject.reset();
        entries.push_back({entry.page.icon, entry.widget->title(), tr("page"), to, nullptr});
    }
    addActsTo(entries);
    const Fleet &fleet = *m_parts.state.fleet();
    const auto place = [&](Scope::Kind kind, const Uuid &id) {
        Location to = here.idOf(taskSubject) || here.page != listOf(here).page ? listOf(here) : here;
        to.scope = {kind, id};
        return to;
    };
    for (const Host &host : fleet.hosts)
        entries.push_back({QStringLiteral("host"), qs(host.name), tr("host"), place(Scope::Kind::Host, host.id), nullptr});
    for (const InstanceRecord &record : fleet.instances)
        entries.push_back({QStringLiteral("instance"), qs(fleet.pathOf(record.instance.id)), tr("instance"), place(Scope::Kind::Instance, record.instance.id), nullptr});
    for (const Group &group : fleet.groups)
        entries.push_back({QStringLiteral("group"), groupPath(fleet, group.id), tr("group"), place(Scope::Kind::Group, group.id), nullptr});
    for (const auto &[id, name] : m_parts.state.tasks()) {
        Location to = here; // all its runs, wherever they are
        to.page = QStringLiteral("runs");
        to.scope = {};
        to.subject = Subject(taskSubject, id);
        entries.push_back({QStringLiteral("page-runs"), name, tr("task"), to, nullptr});
    }
    auto *box = new GoToBox(std::move(entries), m_finder, this);
    connect(box, &GoToBox::chosen, &m_parts.state, &ConsoleState::goTo);
    box->show();
}

void MainWindow::copyLocation()
{
    QGuiApplication::clipboard()->setText(locationToText(*m_parts.state.fleet(), m_parts.state.location()));
    m_status->say(tr("Copied. Paste it to a colleague."));
}

void MainWindow::pasteLocation()
{
    if (const auto to = locationFromText(*m_parts.state.fleet(), QGuiApplication::clipboard()->text()); to && hasPlace(*to))
        m_parts.state.goTo(*to);
    else
        m_status->say(tr("The clipboard does not hold a place in this fleet"));
}

} // namespace zandb::console
