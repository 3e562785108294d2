// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/mainwindow.h"

#include "app/console/pagetabs.h"
#include "app/console/shortcuts.h"
#include "app/console/statusline.h"
#include "models/common/text.h"
#include "widgets/common/icons.h"
#include "widgets/common/pageparts.h"
#include "widgets/common/parts.h"
#include "widgets/common/timerangebar.h"
#include "widgets/fleet/fleettree.h"

#include <QAction>
#include <QButtonGroup>
#include <QCloseEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QScreen>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace zandb::console {
namespace {

constexpr int usualTree = 30 * unit;
constexpr int leastTree = 18 * unit;

} // namespace

MainWindow::MainWindow(const Ui &ui, const Parts &parts, QWidget *parent)
    : QMainWindow(parent), m_ui(ui), m_parts(parts), m_rail(new QWidget(this)), m_railGroup(new QButtonGroup(this)),
      m_tree(new FleetTree(parts.tree, this)), m_edge(new QWidget(this)), m_back(new QToolButton(this)), m_forward(new QToolButton(this)),
      m_crumbs(new Breadcrumb(this)), m_range(new TimeRangeBar(this)), m_goTo(new QToolButton(this)), m_banner(new Banner(this)),
      m_tabs(new PageTabs(ui.settings, this)), m_stack(new QStackedWidget(this)), m_status(new StatusLine(this)), m_shortcuts(new Shortcuts(ui.settings, this))
{
    setObjectName(QStringLiteral("mainWindow"));
    setWindowIcon(QIcon(QStringLiteral(":/icons/zandb.svg")));
    m_rail->setObjectName(QStringLiteral("rail"));
    m_rail->setAttribute(Qt::WA_StyledBackground);
    m_rail->setFixedWidth(9 * unit);
    auto *rail = new QVBoxLayout(m_rail);
    rail->setContentsMargins(unit / 2, unit, unit / 2, unit);
    rail->setSpacing(unit / 2);
    rail->addStretch();
    rail->setSizeConstraint(QLayout::SetNoConstraint); // fitRail() says how low it may be
    m_rail->installEventFilter(this);

    // the profile's colour frames the window
    m_edge->setFixedHeight(3);
    m_edge->setAutoFillBackground(true);
    QPalette edge;
    edge.setColor(QPalette::Window, parts.colour);
    m_edge->setPalette(edge);
    m_edge->setStyleSheet(QStringLiteral("background:%1").arg(parts.colour.name()));

    auto *top = new QWidget(this);
    top->setObjectName(QStringLiteral("topBar"));
    auto *topBox = new QHBoxLayout(top);
    topBox->setContentsMargins(unit, unit / 2, 2 * unit, unit / 2);
    topBox->setSpacing(unit / 2);
    m_back->setIcon(themedIcon("back"));
    m_forward->setIcon(themedIcon("forward"));
    m_back->setObjectName(QStringLiteral("goBack"));
    m_forward->setObjectName(QStringLiteral("goForward"));
    m_goTo->setObjectName(QStringLiteral("goTo"));
    setIconBeside(m_goTo, QStringLiteral("search"));
    m_goTo->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    topBox->addWidget(m_back);
    topBox->addWidget(m_forward);
    topBox->addWidget(m_crumbs, 1);
    topBox->addWidget(m_range);
    topBox->addSpacing(unit);
    topBox->addWidget(m_goTo);

    auto *right = new QWidget(this);
    auto *rightBox = new QVBoxLayout(right);
    rightBox->setContentsMargins(0, 0, 0, 0);
    rightBox->setSpacing(0);
    rightBox->addWidget(top);
    auto *bannerBox = new QVBoxLayout;
    bannerBox->setContentsMargins(2 * unit, 0, 2 * unit, 0);
    bannerBox->addWidget(m_banner);
    rightBox->addLayout(bannerBox);
    auto *tabBox = new QHBoxLayout;
    tabBox->setContentsMargins(2 * unit, 0, 2 * unit, 0);
    tabBox->addWidget(m_tabs, 1);
    rightBox->addLayout(tabBox);
    rightBox->addWidget(m_stack, 1);
    m_banner->setObjectName(QStringLiteral("banner"));
    connect(m_banner, &Banner::actionRequested, this, &MainWindow::connectionRequested);

    auto *split = new QSplitter(Qt::Horizontal, this);
    m_split = split;
    split->addWidget(m_tree);
    split->addWidget(right);
    split->setStretchFactor(1, 1);
    split->setSizes({usualTree, 1128});
    split->setChildrenCollapsible(false);
    keepSizes(split, ui.settings, QStringLiteral("window"));
    m_tree->setMinimumWidth(leastTree);
    auto *central = new QWidget(this);
    auto *all = new QVBoxLayout(central);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(m_edge);
    auto *middle = new QHBoxLayout;
    middle->setSpacing(0);
    middle->addWidget(m_rail);
    middle->addWidget(split, 1);
    all->addLayout(middle, 1);
    all->addWidget(m_status);
    setCentralWidget(central);
    m_status->setProfile(parts.profile, parts.colour);

    makeMenus();
    connect(m_shortcuts, &Shortcuts::changed, this, &MainWindow::retranslate);
    connect(m_back, &QToolButton::clicked, &parts.state, &ConsoleState::back);
    connect(m_forward, &QToolButton::clicked, &parts.state, &ConsoleState::forward);
    connect(m_goTo, &QToolButton::clicked, this, &MainWindow::openGoTo);
    connect(m_tree, &FleetTree::scopeSelected, this, [this](const Scope &scope) {
        Location to = m_parts.state.location();
        if (isInFull(to)) // it is of one instance; the tree leads back to lists
            to = listOf(to);
        to.scope = scope;
        m_parts.state.goTo(to);
    });
    connect(m_tree, &FleetTree::pageRequested, this, [this](const Scope &scope, const QString &page) {
        Location to;
        to.page = page;
        to.scope = scope;
        to.range = m_parts.state.location().range;
        m_parts.state.goTo(to);
    });
    connect(m_tree, &FleetTree::backupRequested, this, [this](const Scope &scope) {
        const auto instances = contentsOf(*m_parts.state.fleet(), scope).instances;
        Q_EMIT backupRequested({instances.begin(), instances.end()});
    });
    connect(m_crumbs, &Breadcrumb::partClicked, this, [this](int number) {
        Location to = m_parts.state.location();
        if (isInFull(to)) {
            m_parts.state.goTo(listOf(to));
            return;
        }
        const auto path = scopePath(*m_parts.state.fleet(), to.scope);
        to.scope = number <= 0 ? Scope{} : path[std::min<std::size_t>(static_cast<std::size_t>(number), path.size() - 1)];
        m_parts.state.goTo(to);
    });
    connect(m_tabs, &PageTabs::chosen, this, [this](const QString &name, const std::optional<Subject> &subject) {
        Location to = m_parts.state.location();
        to.page = name;
        to.subject = subject;
        m_parts.state.goTo(to);
        showLocation();
    });
    connect(m_range, &TimeRangeBar::rangeChosen, this, [this](const TimeRange &range) {
        Location to = m_parts.state.location();
        to.range = range;
        m_parts.state.goTo(to);
    });
    connect(&parts.state, &ConsoleState::locationChanged, this, [this](const Location &before) {
        const Location &now = m_parts.state.location();
        // what a person narrowed stays while only scope or range change
        if (Page *shown = page(now.page); shown && (before.page != now.page || before.subject != now.subject))
            shown->enter(now);
        showLocation();
    });
    connect(&parts.state, &ConsoleState::fleetChanged, this, &MainWindow::showLocation);
    restoreGeometry(ui.settings.value(QStringLiteral("window/geometry")).toByteArray());
    if (!ui.settings.contains(QStringLiteral("window/geometry")))
        resize(firstSize(screen()->availableSize()));
    retranslate();
}

/// In a narrow window the tree leaves the room to the pages, until a person has chosen another width.
void MainWindow::resizeEvent(QResizeEvent *event)
{
    QMainWindow::resizeEvent(event);
    if (m_ui.settings.contains(QStringLiteral("splitters/window")))
        return;
    const int tree = std::clamp(width() * 18 / 100, leastTree, usualTree);
    m_split->setSizes({tree, width() - m_rail->width() - m_split->handleWidth() - tree});
}

QSize MainWindow::firstSize(const QSize &room)
{
    const QSize frame(2 * unit, 5 * unit); // what the window manager puts around it
    return (room - frame).boundedTo(QSize(1600, 1000));
}

void MainWindow::addPage(const PageEntry &page)
{
    Entry entry{page, page.factory(), nullptr, nullptr};
    m_stack->addWidget(entry.widget);
    connect(entry.widget, &Page::goToRequested, this, &MainWindow::follow);
    if (page.parent.isEmpty())
        addToRail(entry);
    m_pages.push_back(entry);
    retranslate();
}

// A low window has no room for words below all icons: then the icons stand alone, and pointing at one tells its word.
void MainWindow::fitRail()
{
    const auto buttons = m_railGroup->buttons();
    const int count = static_cast<int>(buttons.size());
    const auto heightFor = [&](int one) { return count * one + std::max(0, count - 1) * (unit / 2) + 2 * unit; };
    constexpr int whole = 7 * unit, low = 4 * unit;
    const bool isLow = m_rail->height() < heightFor(whole) && m_rail->isVisible();
    m_rail->setMinimumHeight(heightFor(low));
    for (QAbstractButton *button : buttons) {
        button->setFixedHeight(isLow ? low : whole);
        static_cast<QToolButton *>(button)->setToolButtonStyle(isLow ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextUnderIcon);
    }
}

bool MainWindow::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_rail && (event->type() == QEvent::Resize || event->type() == QEvent::Show))
        fitRail();
    return QMainWindow::eventFilter(watched, event);
}

void MainWindow::addToRail(Entry &entry)
{
    const PageEntry &page = entry.page;
    entry.button = new QToolButton(m_rail);
    entry.button->setObjectName(QStringLiteral("rail-") + page.name);
    entry.button->setIcon(themedIcon(page.icon));
    entry.button->setIconSize({22, 22});
    entry.button->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
    entry.button->setCheckable(true);
    entry.button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_railGroup->addButton(entry.button);
    auto *rail = static_cast<QVBoxLayout *>(m_rail->layout());
    rail->insertWidget(rail->count() - 1, entry.button);
    fitRail();
    const auto number = static_cast<int>(m_railGroup->buttons().size());
    QKeySequence keys = page.keys;
    if (keys.isEmpty() && number <= 10)
        keys = QKeySequence(Qt::CTRL | static_cast<Qt::Key>(number == 10 ? Qt::Key_0 : Qt::Key_0 + number));
    entry.action = m_goMenu->addAction(entry.widget->title());
    m_shortcuts->add(QStringLiteral("page-") + page.name, entry.action, keys);
    const auto go = [this, name = page.name] {
        Location to = m_parts.state.location();
        to.page = name;
        to.subject.reset();
        m_parts.state.goTo(to);
        showLocation();
    };
    connect(entry.action, &QAction::triggered, this, go);
    connect(entry.button, &QToolButton::clicked, this, go);
}

const MainWindow::Entry *MainWindow::entryOf(const QString &name) const
{
    const auto found = std::ranges::find_if(m_pages, [&](const Entry &entry) { return entry.page.name == name; });
    return found == m_pages.end() ? nullptr : &*found;
}

Page *MainWindow::page(const QString &name) const
{
    const Entry *entry = entryOf(name);
    return entry ? entry->widget : nullptr;
}

bool MainWindow::hasPlace(const Location &location) const
{
    const Entry *entry = entryOf(location.page);
    return entry && (entry->page.subject.isEmpty() || (location.subject && location.subject->kind == entry->page.subject));
}

Location MainWindow::listOf(Location location) const
{
    const Entry *entry = entryOf(location.page);
    location.subject.reset();
    if (entry && !entry->page.parent.isEmpty())
        location.page = entry->page.parent;
    return location;
}

bool MainWindow::isInFull(const Location &location) const
{
    const Entry *entry = entryOf(location.page);
    return entry && !entry->page.parent.isEmpty() && !entry->page.subject.isEmpty();
}

void MainWindow::closeTab()
{
    m_tabs->closeCurrent();
}

void MainWindow::setForbidden(const QString &why)
{
    m_tree->setForbidden(why);
}

void MainWindow::setTrouble(const QString &text, const QString &detail)
{
    m_banner->setTexts(text, detail, tr("Change the connection…"));
    const bool away = !text.isEmpty();
    if (property("away").toBool() != away) { // what is old is greyed
        setProperty("away", away);
        for (QWidget *widget : findChildren<QWidget *>())
            widget->update();
        for (const Entry &entry : m_pages)
            entry.widget->setAway(away);
    }
}

void MainWindow::follow(const Location &to)
{
    Location next = to;
    if (next.scope.kind == Scope::Kind::All && next.page != QLatin1String("fleet"))
        next.scope = m_parts.state.location().scope;
    if (next.range == TimeRange{})
        next.range = m_parts.state.location().range;
    m_parts.state.goTo(next);
}

void MainWindow::showLocation()
{
    const Location &at = m_parts.state.location();
    const Entry *here = entryOf(at.page);
    if (!here)
        return;
    Page *shown = here->widget;
    if (m_stack->currentWidget() != shown)
        m_stack->setCurrentWidget(shown);
    const QString list = listOf(at).page;
    const bool inFull = isInFull(at);
    if (inFull && at.subject)
        m_tabs->open({list, at.page, *at.subject, shown->title(), shown->titleKey()});
    QList<PageTabs::View> views{{list, page(list)->title()}};
    for (const Entry &entry : m_pages) {
        if (entry.page.parent == list && entry.page.subject.isEmpty())
            views.append({entry.page.name, entry.widget->title()});
    }
    m_tabs->showOf(views, at.page, inFull ? at.subject : std::nullopt);
    for (const Entry &entry : m_pages) {
        if (entry.button)
            entry.button->setChecked(entry.page.name == list);
    }
    m_tree->setScope(at.scope);
    m_range->setRange(at.range);
    m_range->setVisible(!here->page.plain);
    m_back->setEnabled(m_parts.state.canGoBack());
    m_forward->setEnabled(m_parts.state.canGoForward());
    const auto path = scopePath(*m_parts.state.fleet(), at.scope);
    QStringList parts{shown->title()};
    if (inFull) { // of one thing, whatever the tree has selected
        m_crumbs->setParts({page(list)->title(), shown->title()});
        setWindowTitle(shown->title() + QStringLiteral(" — ") + m_parts.profile + QStringLiteral(" — ZanDB"));
        return;
    }
    for (std::size_t part = 1; part < path.size() && !here->page.plain; ++part)
        parts << scopeTitle(*m_parts.state.fleet(), path[part]);
    m_crumbs->setParts(parts);
    setWindowTitle(parts.join(QStringLiteral(" › ")) + QStringLiteral(" — ") + m_parts.profile + QStringLiteral(" — ZanDB"));
}

void MainWindow::retranslate()
{
    retranslateMenus();
    for (const Entry &entry : m_pages) {
        if (!entry.button)
            continue;
        entry.button->setText(entry.widget->word());
        entry.action->setText(entry.widget->title());
        entry.button->setToolTip(entry.widget->title() + m_shortcuts->hint(QStringLiteral("page-") + entry.page.name));
    }
    m_back->setToolTip(tr("Back") + m_shortcuts->hint(QStringLiteral("back")));
    m_forward->setToolTip(tr("Forward") + m_shortcuts->hint(QStringLiteral("forward")));
    m_goTo->setText(tr("Go to"));
    m_goTo->setToolTip(tr("Go to a page, host, instance, task or action") + m_shortcuts->hint(QStringLiteral("goto")));
    m_tabs->retitle([this](const PageTabs::Tab &tab) {
        const Page *shows = page(tab.page);
        return shows ? shows->titleFrom(tab.key) : tab.title;
    });
    showLocation();
}

void MainWindow::changeEvent(QEvent *event)
{
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::LanguageChange && m_goMenu) {
        retranslate();
        Q_EMIT m_parts.state.languageChanged();
    }
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (const auto question = m_mayClose || !m_closeQuestion ? std::nullopt : m_closeQuestion()) {
        event->ignore();
        m_ui.dialogs.confirm(this, *question, [this] {
            m_mayClose = true;
            QTimer::singleShot(0, this, &QWidget::close);
        });
        return;
    }
    m_ui.settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
    event->accept();
}

} // namespace zandb::console
