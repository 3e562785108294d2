// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/screenshots.h"

#include "app/console/language.h"
#include "app/console/mainwindow.h"
#include "models/common/errortext.h"
#include "models/common/roles.h"
#include "widgets/common/tablepane.h"

#include <QApplication>
#include <QDir>
#include <QTableView>

#include <cstdio>

namespace zandb::console {

Screenshots::Screenshots(ConsoleContext &context, Theme &theme, Language &language, const Pictures &wanted)
    : m_context(context), m_theme(theme), m_language(language), m_directory(wanted.directory)
{
    QDir().mkpath(m_directory);
    context.window().resize(wanted.size);
    Location at = context.state().location();
    at.range = wanted.range;
    context.state().goTo(at);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &Screenshots::next);
    m_limit.setSingleShot(true);
    m_limit.start(30'000);
    connect(&m_limit, &QTimer::timeout, this, [] {
        std::fprintf(stderr, "zandb: the store did not answer within 30 s\n");
        QApplication::exit(3);
    });
    // every page has its own moment of being complete; then layouts and pictures settle
    connect(&context, &ConsoleContext::pageLoaded, this, [this](const QString &page) {
        if (page != m_waiting)
            return;
        m_waiting.clear();
        m_timer.start(400);
    });
    connect(&context, &ConsoleContext::storeAway, this, [](const Error &error) {
        std::fprintf(stderr, "zandb: %s\n", errorText(error).toUtf8().constData());
    });
    const auto look = [this](Theme::Choice choice, const char *tongue) {
        m_steps.push_back([this, choice, tongue] {
            m_theme.apply(choice);
            m_language.set(QString::fromLatin1(tongue));
            goTo(QStringLiteral("today"));
        });
    };
    const auto shot = [this](const char *page, const char *suffix) {
        m_steps.push_back([this, page, suffix] {
            save(QLatin1String(page) + QLatin1Char('-') + QLatin1String(suffix));
            m_timer.start(0);
        });
    };
    const auto visit = [this](const char *page) { m_steps.push_back([this, page] { goTo(QString::fromLatin1(page)); }); };
    for (const auto &[choice, tongue, suffix] : {std::tuple{Theme::Choice::Light, "en", "light"}, std::tuple{Theme::Choice::Dark, "en", "dark"},
                                                 std::tuple{Theme::Choice::Light, "zh_CN", "zh"}}) {
        look(choice, tongue);
        shot("today", suffix);
        for (const char *page : {"fleet", "backups", "slow", "sql", "runs", "run", "tasks", "standards", "alerts", "channels", "killed", "keys", "shards", "binlogs", "processlist", "config"}) {
            visit(page);
            shot(page, suffix);
        }
    }
}

void Screenshots::goTo(const QString &page)
{
    Location to = m_context.state().location();
    to.page = page;
    to.subject.reset();
    if (page == QLatin1String("run")) {
        // the run that has most to tell: one that failed or runs, else the newest
        auto *view = m_context.window().findChild<QTableView *>(QStringLiteral("runsTable"));
        std::optional<Uuid> chosen;
        for (int row = 0; view && row < view->model()->rowCount(); ++row) {
            const QModelIndex index = view->model()->index(row, 0);
            const auto state = static_cast<Look>(index.data(LookRole).toInt());
            if (!chosen || state == Look::Failed || state == Look::Running)
                chosen = index.data(IdRole).value<Uuid>();
            if (state == Look::Failed || state == Look::Running)
                break;
        }
        if (chosen)
            to.subject = Subject(runSubject, *chosen);
    }
    if (to.page == QLatin1String("run") && !to.subject) {
        m_timer.start(0);
        return;
    }
    m_context.state().goTo(to);
    // a page that was there before has its data; the page of a run reads them each time
    const bool hasData = m_seen.contains(page) && page != QLatin1String("run");
    m_seen.insert(page);
    m_timer.start(hasData ? 250 : 700);
    for (const char *name : {"backupsTable", "runsTable", "instancesTable", "slowTable", "killedTable"}) {
        auto *view = m_context.window().findChild<QTableView *>(QString::fromLatin1(name));
        if (view && view->isVisible() && !view->currentIndex().isValid())
            view->setCurrentIndex(view->model()->index(0, 0));
    }
}

void Screenshots::save(const QString &name)
{
    if (name.startsWith(QLatin1String("run-")) && m_context.state().location().page != QLatin1String("run"))
        return;
    const QString path = m_directory + QLatin1Char('/') + name + QStringLiteral(".png");
    if (!m_context.window().grab().save(path))
        std::fprintf(stderr, "zandb: %s could not be written\n", path.toUtf8().constData());
}

void Screenshots::next()
{
    m_limit.start(30'000);
    if (m_at == m_steps.size()) {
        QApplication::exit(0);
        return;
    }
    m_steps[m_at++]();
}

} // namespace zandb::console
