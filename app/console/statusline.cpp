// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/statusline.h"

#include "models/common/format.h"
#include "widgets/common/icons.h"
#include "widgets/common/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPainter>
#include <QStyle>
#include <QTimer>
#include <QToolButton>

#include <algorithm>

namespace zandb::console {

StatusLine::StatusLine(QWidget *parent)
    : QWidget(parent), m_colour(new QLabel(this)), m_profile(new QLabel(this)), m_storeIcon(new QLabel(this)), m_store(new QLabel(this)),
      m_agentsIcon(new QLabel(this)), m_agents(new QLabel(this)), m_headlessIcon(new QLabel(this)), m_headless(new QLabel(this)),
      m_alerts(new QToolButton(this)), m_said(new QLabel(this)), m_running(new QToolButton(this)), m_cancel(new QToolButton(this))
{
    setObjectName(QStringLiteral("statusLine"));
    setAttribute(Qt::WA_StyledBackground);
    m_store->setObjectName(QStringLiteral("statusStore"));
    m_agents->setObjectName(QStringLiteral("statusAgents"));
    m_headless->setObjectName(QStringLiteral("statusHeadless"));
    m_running->setObjectName(QStringLiteral("statusRunning"));
    m_cancel->setObjectName(QStringLiteral("statusCancel"));
    m_said->setObjectName(QStringLiteral("statusSaid"));
    m_said->setProperty("muted", true);
    m_cancel->setIcon(themedIcon("close"));
    m_cancel->setIconSize({12, 12});
    m_colour->setFixedSize(10, 10);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(2 * unit, 2, unit, 2);
    layout->setSpacing(unit - 2);
    layout->addWidget(m_colour);
    layout->addWidget(m_profile);
    for (const auto &[icon, label] : {std::pair{m_storeIcon, m_store}, {m_agentsIcon, m_agents}, {m_headlessIcon, m_headless}}) {
        layout->addSpacing(2 * unit);
        layout->addWidget(icon);
        layout->addWidget(label);
    }
    m_alerts->setObjectName(QStringLiteral("statusAlerts"));
    m_alerts->setAutoRaise(true);
    m_alerts->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    connect(m_alerts, &QToolButton::clicked, this, &StatusLine::alertsClicked);
    layout->addSpacing(unit);
    layout->addWidget(m_alerts);
    layout->addWidget(m_said, 1);
    layout->addSpacing(unit);
    layout->addWidget(m_running);
    layout->addWidget(m_cancel);
    setFixedHeight(32);
    setMinimumWidth(60 * unit); // what is said there must not keep the window wide
    m_said->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_said->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_running->installEventFilter(this);
    m_cancel->installEventFilter(this);
    connect(m_running, &QToolButton::clicked, this, [this] {
        if (m_runs.size() == 1 && m_shown.run.id == m_runs.front().run.id)
            Q_EMIT runClicked(m_shown.run.id);
        else
            Q_EMIT runningClicked();
    });
    connect(m_cancel, &QToolButton::clicked, this, [this] {
        Q_EMIT cancelRequested(m_shown.run.id);
    });
    show();
}

void StatusLine::setProfile(const QString &name, const QColor &colour)
{
    m_name = name;
    m_tint = colour;
    show();
}

void StatusLine::setStore(bool ok, double milliseconds)
{
    m_storeOk = ok;
    m_ms = milliseconds;
    show();
}

void StatusLine::setAgents(int answering, int all)
{
    m_counts = std::pair{answering, all};
    show();
}

void StatusLine::setMembers(int alive)
{
    m_alive = alive;
    show();
}

void StatusLine::setHealth(const ScheduleHealth &health)
{
    m_health = health;
    show();
}

void StatusLine::setAlerts(int all, int open)
{
    m_allAlerts = all;
    m_openAlerts = open;
    show();
}

void StatusLine::setRunning(const std::vector<RunRow> &running)
{
    m_runs = running;
    show();
}

void StatusLine::setRole(StoreRole role, const QString &forbidden)
{
    m_role = role;
    m_forbidden = forbidden;
    show();
}

void StatusLine::say(const QString &text)
{
    m_said->setText(text);
    QTimer::singleShot(8000, this, [this, text] {
        if (m_said->text() == text)
            m_said->clear();
    });
}

void StatusLine::mark(QLabel *icon, Look look)
{
    const qreal scale = devicePixelRatioF();
    QPixmap picture(QSize(14, 14) * scale);
    picture.setDevicePixelRatio(scale);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    paintIcon(painter, QRectF(0, 0, 14, 14), lookIcon(look), lookColours(look, isDark(palette())).text);
    painter.end();
    icon->setPixmap(picture);
}

void StatusLine::show()
{
    m_colour->setStyleSheet(QStringLiteral("background:%1;border-radius:5px").arg(m_tint.name()));
    m_profile->setText(m_role == StoreRole::Unknown ? m_name : m_name + QStringLiteral(" \u00b7 ") + roleText(m_role));
    m_profile->setToolTip(whyNotOperate(m_role));
    mark(m_storeIcon, !m_storeOk ? Look::Pending : *m_storeOk ? Look::Ok : Look::Failed);
    m_store->setText(!m_storeOk ? tr("store: connecting") : *m_storeOk ? tr("store ok, %1 ms").arg(QLocale().toString(m_ms, 'f', m_ms < 10 ? 1 : 0)) : tr("store unreachable"));
    const bool known = m_counts.has_value();
    mark(m_agentsIcon, !known || !m_storeOk.value_or(false) ? Look::Unknown : m_counts->first == m_counts->second ? Look::Ok : Look::Late);
    m_agents->setText(known ? tr("agents %1/%2").arg(m_counts->first).arg(m_counts->second) : tr("agents unknown"));
    const bool ill = m_health.isBad();
    mark(m_headlessIcon, !m_alive || !m_storeOk.value_or(false) ? Look::Unknown : ill ? Look::Failed : *m_alive > 0 ? Look::Ok : Look::Late);
    m_headless->setText(!m_alive || !m_storeOk.value_or(false) ? tr("headless: unknown")
                        : *m_alive == 0 ? tr("no headless instance: schedules do not run")
                        : ill           ? tr("clock held: schedules do not run")
                                        : tr("%n headless instance(s)", nullptr, *m_alive));
    m_headless->setToolTip(ill ? healthText(m_health) + QLatin1Char('\n') + healthDetail(m_health) : QString());
    QPalette headless = palette();
    if (ill && m_storeOk.value_or(false))
        headless.setColor(QPalette::WindowText, lookColours(Look::Failed, isDark(palette())).text);
    m_headless->setPalette(headless);
    m_alerts->setVisible(m_allAlerts > 0);
    m_alerts->setText(tr("%n alert(s)", nullptr, m_openAlerts > 0 ? m_openAlerts : m_allAlerts));
    m_alerts->setProperty("muted", m_openAlerts == 0 || !m_storeOk.value_or(false));
    m_alerts->style()->polish(m_alerts);
    m_alerts->setIcon(themedIcon(m_openAlerts > 0 ? "look-failed" : "look-ok"));
    m_alerts->setToolTip(m_openAlerts > 0 ? tr("Alerts that nobody has acknowledged: shown on Today.") : tr("All of them are acknowledged."));
    // the run whose name is read stays as long as it runs, and never changes under the pointer
    const auto still = std::ranges::find(m_runs, m_shown.run.id, [](const RunRow &row) { return row.run.id; });
    const bool pointed = m_running->underMouse() || m_cancel->underMouse();
    const bool ended = still == m_runs.end();
    if (!ended)
        m_shown = *still;
    else if (!m_runs.empty() && (!pointed || m_shown.run.id.isNull())) // nothing was read there yet
        m_shown = m_runs.front();
    const bool visible = !m_runs.empty() || (pointed && !m_running->isHidden());
    m_running->setVisible(visible);
    m_cancel->setVisible(visible);
    if (!visible)
        return;
    const RunRow &first = m_shown;
    QString text = tr("%n running", nullptr, static_cast<int>(m_runs.size())) + QStringLiteral(": ") + first.target;
    if (first.run.progress) {
        if (first.run.progress->percent)
            text += QLatin1Char(' ') + percentText(*first.run.progress->percent);
        if (first.run.progress->secondsLeft)
            text += tr(", %1 left").arg(clockText(*first.run.progress->secondsLeft));
    }
    // where there is no room for all of it, the other labels must stay whole; the tooltip says the rest
    const bool narrow = width() < 150 * unit;
    m_running->setText(narrow ? tr("%n running", nullptr, static_cast<int>(m_runs.size())) : text);
    m_running->setToolTip(narrow ? text : QString());
    m_running->setProperty("muted", !m_storeOk.value_or(false)); // as it was when the store last answered
    m_running->style()->polish(m_running);
    const bool gone = std::ranges::none_of(m_runs, [&](const RunRow &row) { return row.run.id == first.run.id; });
    const QString no = !m_forbidden.isEmpty() ? m_forbidden : gone ? tr("It has already ended.") : whyNotCancel(first.run);
    m_cancel->setEnabled(no.isEmpty());
    m_cancel->setToolTip(no.isEmpty() ? tr("Cancel the run of %1").arg(first.target) : no);
}

bool StatusLine::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Leave)
        QTimer::singleShot(0, this, &StatusLine::show);
    return QWidget::eventFilter(watched, event);
}

void StatusLine::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    show();
}

void StatusLine::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange || event->type() == QEvent::PaletteChange)
        show();
}

} // namespace zandb::console
