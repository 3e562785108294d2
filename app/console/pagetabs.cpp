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
        if (index == 0)
            Q_EMIT chosen(m_list, std::nullopt);
        else
            Q_EMIT chosen(m_shown[index - 1].page, m_shown[index - 1].subject);
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

void PageTabs::showOf(const QString &list, const QString &title, const std::optional<Subject> &subject)
{
    m_showing = true;
    m_list = list;
    m_shown.clear();
    for (const Tab &tab : m_open) {
        if (tab.list == list)
            m_shown.append(tab);
    }
    while (count() > m_shown.size() + 1)
        removeTab(count() - 1);
    while (count() < m_shown.size() + 1) {
        const int index = addTab(QString());
        if (index == 0)
            continue;
        auto *button = new QToolButton(this);
        button->setObjectName(QStringLiteral("closeTab"));
        button->setIcon(themedIcon("close"));
        button->setIconSize({12, 12});
        button->setAutoRaise(true);
        setTabButton(index, QTabBar::RightSide, button);
        connect(button, &QToolButton::clicked, this, [this, button] {
            for (int at = 1; at < count(); ++at) {
                if (tabButton(at, QTabBar::RightSide) == button)
                    return close(at);
            }
        });
    }
    setTabText(0, title);
    int current = 0;
    for (int at = 0; at < m_shown.size(); ++at) {
        // an ampersand in a name is no shortcut
        setTabText(at + 1, fontMetrics().elidedText(QString(m_shown[at].title).replace(QLatin1Char('&'), QStringLiteral("&&")), Qt::ElideMiddle, 220));
        setTabToolTip(at + 1, m_shown[at].title);
        static_cast<QToolButton *>(tabButton(at + 1, QTabBar::RightSide))->setToolTip(tr("Close this tab"));
        if (subject && m_shown[at].subject == *subject)
            current = at + 1;
    }
    setCurrentIndex(current);
    setVisible(!m_shown.isEmpty());
    m_showing = false;
}

bool PageTabs::closeCurrent()
{
    if (currentIndex() < 1 || isHidden())
        return false;
    close(currentIndex());
    return true;
}

void PageTabs::close(int index)
{
    const Tab gone = m_shown[index - 1];
    const bool inFront = currentIndex() == index;
    const std::optional<Subject> front = currentIndex() > 0 ? std::optional(m_shown[currentIndex() - 1].subject) : std::nullopt;
    m_open.removeIf([&](const Tab &tab) { return isSame(tab, gone); });
    keep();
    if (inFront)
        Q_EMIT chosen(m_list, std::nullopt);
    else
        showOf(m_list, tabText(0), front);
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
