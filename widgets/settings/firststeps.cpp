// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/settings/firststeps.h"

#include "widgets/common/pageparts.h"
#include "widgets/common/theme.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QStyle>

namespace zandb {

FirstSteps::FirstSteps(QWidget *parent) : QFrame(parent), m_title(new QLabel(this)), m_host(new QPushButton(this)), m_task(new QPushButton(this))
{
    setObjectName(QStringLiteral("card"));
    m_title->setProperty("title", true);
    m_host->setObjectName(QStringLiteral("firstHost"));
    m_task->setObjectName(QStringLiteral("firstTask"));
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(2 * unit, 2 * unit, 2 * unit, 2 * unit);
    grid->setHorizontalSpacing(2 * unit);
    grid->setVerticalSpacing(unit);
    grid->addWidget(m_title, 0, 0, 1, 2);
    for (int step = 0; step < 4; ++step) {
        m_lines[step] = new QLabel(this);
        m_lines[step]->setObjectName(QStringLiteral("firstStep-%1").arg(step + 1));
        m_lines[step]->setWordWrap(true);
        grid->addWidget(m_lines[step], step + 1, 0);
    }
    grid->addWidget(m_host, 2, 1);
    grid->addWidget(m_task, 3, 1);
    grid->setColumnStretch(0, 1);
    connect(m_host, &QPushButton::clicked, this, &FirstSteps::hostRequested);
    connect(m_task, &QPushButton::clicked, this, &FirstSteps::taskRequested);
    hide();
    retranslate();
}

void FirstSteps::setState(const State &state)
{
    m_known = true;
    m_state = state;
    retranslate();
}

void FirstSteps::setForbidden(const QString &why)
{
    m_forbidden = why;
    retranslate();
}

void FirstSteps::changeEvent(QEvent *event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

void FirstSteps::retranslate()
{
    const bool hosts = m_state.hosts > 0, tasks = m_state.tasks > 0;
    m_title->setText(tr("The first night"));
    const auto line = [this](int step, bool done, const QString &text) {
        m_lines[step]->setText((done ? QStringLiteral("\u2713  ") : QStringLiteral("%1.  ").arg(step + 1)) + text);
        m_lines[step]->setProperty("muted", done);
        m_lines[step]->style()->unpolish(m_lines[step]); // a style sheet reads a property only when it is applied
        m_lines[step]->style()->polish(m_lines[step]);
    };
    line(0, true, tr("The metadata store is connected."));
    line(1, hosts, hosts ? tr("%n host(s) are in the fleet", nullptr, m_state.hosts) + QStringLiteral(", ") + tr("with %n instance(s).", nullptr, m_state.instances)
                         : tr("Add the first host: its agent tells which instances it has."));
    line(2, tasks, tasks ? tr("%n task(s) are defined.", nullptr, m_state.tasks) : tr("Schedule the first nightly backup."));
    line(3, m_state.headless > 0, m_state.headless > 0 ? tr("A headless instance runs the schedules.") : tr("Start a headless instance, which runs the schedules (packaging/HEADLESS.md): zandbctl serve"));
    m_host->setText(tr("Add a host…"));
    m_task->setText(tr("New task…"));
    m_host->setVisible(!hosts);
    m_task->setVisible(!tasks);
    permit(m_host, m_forbidden);
    permit(m_task, !m_forbidden.isEmpty() ? m_forbidden : hosts ? QString() : tr("Add a host first."));
    setVisible(m_known && (!hosts || !tasks));
}

} // namespace zandb
