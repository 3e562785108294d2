// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/pagetabs.h"

#include "widgets/common/icons.h"

#include <QSettings>
#include <QToolButton>

#include <algorithm>

namespace zandb::console {
namespace {

constexpr int mostOfAList = 10;
constexpr int mostKept = 100; ///< of a settings file that may hold anything
const QString settingsKey = QStringLiteral("window/tabs");

bool isSame(const PageTabs::Tab &a, const PageTabs::Tab &b)
{
    return a.page == b.page && a.subject == b.subject;
}

} // namespace

PageTabs::PageTabs(QSettings &settings, QWidget *parent) : QTabBar(parent), m_settings(settings)
{
    setObjectName(QStringLiteral("pageTabs"));
    setDrawBase(false);
    setExpanding(false);
    setElideMode(Qt::ElideMiddle);
    setUsesScrollButtons(true);
    for (const QString &line : settings.value(settingsKey).toStringList().mid(0, mostKept)) {
        const QStringList parts = line.split(QLatin1Char('\t'));
        if (parts.size() >= 5) // earlier versions kept no key
            m_open.append({parts[0], parts[1], Subject(parts[2], parts[3]), parts[4], parts.value(5)});
    }
    connect(this, &QTabBar::currentChanged, this, [this](int index) {
        if (m_showing || index < 0)
            return;
        if (index < m_views.size())
            Q_EMIT chosen(m_views[index].page, std::nullopt);
        else
            Q_EMIT chosen(m_shown[index - m_views.size()].page, m_shown[index - m_views.size()].subject);
    });
    hide();
}

void PageTabs::open(const Tab &tab)
{
    const auto known = std::ranges::find_if(m_open, [&](const Tab &one) { return isSame(one, tab); });
    if (known != m_open.end()) {
        if (known->title == tab.title && known->key == tab.key)
            return;
        known->title = tab.title;
        known->key = tab.key;
    } else {
        m_open.append(tab);
        if (std::ranges::count(m_open, tab.list, &Tab::list) > mostOfAList)
            m_open.erase(std::ranges::find(m_open, tab.list, &Tab::list));
    }
    keep();
}

void PageTabs::retitle(const std::function<QString(const Tab &)> &titleOf)
{
    for (Tab &tab : m_open) {
        if (!tab.key.isEmpty())
            tab.title = titleOf(tab);
    }
}

void PageTabs::showOf(const QList<View> &views, const QString &page, const std::optional<Subject> &subject)
{
    m_showing = true;
    m_views = views;
    m_shown.clear();
    for (const Tab &tab : m_open) {
        if (tab.list == views.front().page)
            m_shown.append(tab);
    }
    const auto fixed = static_cast<int>(views.size());
    const auto all = fixed + static_cast<int>(m_shown.size());
    while (count() > all)
        removeTab(count() - 1);
    while (count() < all)
        addTab(QString());
    for (int index = 0; index < all; ++index) {
        if (index < fixed)
            setTabButton(index, QTabBar::RightSide, nullptr);
        else if (!tabButton(index, QTabBar::RightSide))
            addCloseButton(index);
    }
    int current = 0;
    for (int at = 0; at < fixed; ++at) {
        setTabText(at, views[at].title);
        setTabToolTip(at, QString());
        if (views[at].page == page)
            current = at;
    }
    for (int at = 0; at < m_shown.size(); ++at) {
        // an ampersand in a name is no shortcut
        setTabText(at + fixed, fontMetrics().elidedText(QString(m_shown[at].title).replace(QLatin1Char('&'), QStringLiteral("&&")), Qt::ElideMiddle, 220));
        setTabToolTip(at + fixed, m_shown[at].title);
        static_cast<QToolButton *>(tabButton(at + fixed, QTabBar::RightSide))->setToolTip(tr("Close this tab"));
        if (subject && m_shown[at].subject == *subject)
            current = at + fixed;
    }
    setCurrentIndex(current);
    setVisible(all > 1);
    m_showing = false;
}

void PageTabs::addCloseButton(int index)
{
    auto *button = new QToolButton(this);
    button->setObjectName(QStringLiteral("closeTab"));
    button->setIcon(themedIcon("close"));
    button->setIconSize({12, 12});
    button->setAutoRaise(true);
    setTabButton(index, QTabBar::RightSide, button);
    connect(button, &QToolButton::clicked, this, [this, button] {
        for (int at = static_cast<int>(m_views.size()); at < count(); ++at) {
            if (tabButton(at, QTabBar::RightSide) == button)
                return close(at);
        }
    });
}

bool PageTabs::closeCurrent()
{
    if (currentIndex() < m_views.size() || isHidden())
        return false;
    close(currentIndex());
    return true;
}

void PageTabs::close(int index)
{
    const auto fixed = static_cast<int>(m_views.size());
    const Tab gone = m_shown[index - fixed];
    const int front = currentIndex();
    const std::optional<Subject> subject = front >= fixed ? std::optional(m_shown[front - fixed].subject) : std::nullopt;
    m_open.removeIf([&](const Tab &tab) { return isSame(tab, gone); });
    keep();
    if (front == index)
        Q_EMIT chosen(m_views.front().page, std::nullopt);
    else
        showOf(QList<View>(m_views), front < fixed ? m_views[front].page : QString(), subject);
}

void PageTabs::keep()
{
    QStringList lines;
    for (const Tab &tab : m_open)
        lines << QStringList{tab.list, tab.page, tab.subject.kind, tab.subject.id, QString(tab.title).replace(QLatin1Char('\t'), QLatin1Char(' ')),
                             QString(tab.key).replace(QLatin1Char('\t'), QLatin1Char(' '))}.join(QLatin1Char('\t'));
    m_settings.setValue(settingsKey, lines);
}

} // namespace zandb::console
