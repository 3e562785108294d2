// SPDX-License-Identifier: GPL-3.0-or-later
// How long the chart of slow statements takes over 1,000 instances and 30 days, from a real store to the drawn chart: the first paint, and after a zoom into two
// days.  50 digests are active on each instance in each hour, out of 600 in the fleet.  To reach: 500 ms and 150 ms.
#include "app/slowlog/slowrepository.h"
#include "app/slowlog/slowspan.h"
#include "app/store/migrations.h"
#include "app/store/sqltext.h"
#include "models/slowlog/slowdigestmodel.h"
#include "tests/slowlog/slowbatches.h"
#include "tests/support/testserver.h"
#include "widgets/common/theme.h"
#include "widgets/common/timechart.h"

#include <QApplication>
#include <QElapsedTimer>

#include <cstdio>

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;
using store::value;

namespace {

constexpr int instances = 1000;
constexpr int days = 30;
constexpr int fleetDigests = 600;

template<class T>
T must(Result<T> result)
{
    if (!result) {
        std::fprintf(stderr, "%s\n", describe(result.error()).c_str());
        std::exit(1);
    }
    if constexpr (!std::is_void_v<T>)
        return std::move(*result);
}

double milliseconds(const QElapsedTimer &timer) { return static_cast<double>(timer.nsecsElapsed()) / 1e6; }

/// What the whole fleet does in an hour: every digest of the fleet, on some of its instances.
SlowBlock fleetHour(std::mt19937 &random, const std::vector<SlowChecksum> &digests)
{
    SlowBlock block;
    for (const SlowChecksum &digest : digests) {
        SlowFigures figures;
        figures.events = 80 + static_cast<std::int64_t>(random() % 400);
        figures.time = {figures.events, figures.events * static_cast<std::int64_t>(random() % 2'000'000), 1000, 9'000'000};
        figures.examined = {figures.events, figures.events * static_cast<std::int64_t>(random() % 90'000), 0, 0};
        for (std::int16_t bucket = -40; bucket < 20; ++bucket)
            figures.times.emplace_back(bucket, 1 + static_cast<std::int64_t>(random() % 9));
        block.digests[digest] = figures;
    }
    for (int user = 0; user < 40; ++user)
        block.people[{"user" + std::to_string(user), "schema" + std::to_string(user % 11)}] = {100, static_cast<std::int64_t>(random() % 90'000'000), 1000};
    fold(block, {400, 8, 200}); // as a group is kept
    return block;
}

} // namespace

int main(int argc, char **argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication app(argc, argv);
    Theme theme(app);
    theme.apply(Theme::Choice::Light);
    std::string error;
    ServerOptions options;
    options.myCnf = {"innodb-flush-log-at-trx-commit=0", "innodb-buffer-pool-size=256M"};
    const auto server = TestServer::start(options, &error);
    if (!server) {
        std::fprintf(stderr, "%s\n", error.c_str());
        return 1;
    }
    StoreSettings settings;
    settings.socket = server->socket();
    settings.user = "root";
    settings.schema = "zandb_bench";
    store::Session session(settings);
    must(store::migrate(session));
    const TimePoint now = must(session.now()), end = slowlog::hourOf(now), begin = slowlog::dayOf(now) - std::chrono::days{days};

    std::mt19937 random(5);
    std::vector<SlowChecksum> digests;
    for (int i = 0; i < fleetDigests; ++i) {
        digests.push_back(checksumOf(md5Of(shopFingerprint(i))).value());
        must(session.execute("INSERT INTO slow_digest (checksum, fingerprint, first_seen_us, last_seen_us) VALUES (?,?,?,?)",
                             {value(digests.back()), value(shopFingerprint(i)), value(begin), value(now)}));
    }
    must(session.transaction([&]() -> Result<void> {
        for (TimePoint hour = begin; hour < end; hour += 1h) {
            slowlog::Span span{slowlog::wholeFleet, slowlog::SpanKind::Hour, hour, 0, {}};
            span.slots.push_back({0, fleetHour(random, digests)});
            if (auto done = slowlog::writeSpan(session, std::move(span)); !done)
                return done;
        }
        return {};
    }));
    Fleet fleet;
    fleet.readAt = now;
    Host host;
    host.id = Uuid::v7();
    host.name = "db";
    fleet.hosts.push_back(host);
    for (int i = 0; i < instances; ++i) {
        InstanceRecord record;
        record.instance.id = Uuid::v7();
        record.instance.hostId = host.id;
        record.instance.name = "my" + std::to_string(i);
        fleet.instances.push_back(record);
        // their own days: for the chart by instance only the sums of a row are read
        std::vector<store::Value> values;
        std::string rows;
        for (int day = 0; day < days; ++day) {
            rows += std::string(rows.empty() ? "" : ",") + "(?,3,?,0,?,?,?,0,0,1,'','','','')";
            store::append(values, {value(record.instance.id), value(begin + std::chrono::days{day}), value(static_cast<std::int64_t>(random() % 9000)),
                                   value(static_cast<std::int64_t>(random() % 90'000'000)), value(static_cast<std::int64_t>(random() % 90'000'000))});
        }
        must(session.execute("INSERT INTO slow_span (subject_id, kind, t0_us, part, events, time_us, examined, time_unknown, not_understood, format, totals, detail, people, callers) VALUES " + rows, values));
    }

    TimeChart chart(QStringLiteral("slow"));
    chart.setShape({ChartShape::Form::Areas, ChartUnit::Seconds, true});
    chart.resize(1440, 400);
    chart.show();
    QApplication::processEvents();
    const auto paint = [&](TimePoint from, TimePoint to, SlowBy by) {
        QElapsedTimer timer;
        timer.start();
        const auto overTime = must(slowlog::loadOverTime(session, slowlog::askFor(fleet, {}, from, to), by, fleet));
        chart.setData(slowChart(overTime, SlowMetric::Time, 8));
        chart.grab();
        if (overTime.sum.events == 0)
            std::exit(1); // nothing was drawn: there is nothing to measure
        return milliseconds(timer);
    };
    const double first = paint(now - std::chrono::days{days}, now, SlowBy::Digest);
    double again = first, zoom = 1e9, byUser = 1e9, byInstance = 1e9;
    for (int i = 0; i < 3; ++i) {
        again = std::min(again, paint(now - std::chrono::days{days}, now, SlowBy::Digest));
        zoom = std::min(zoom, paint(now - 9 * 24h, now - 7 * 24h, SlowBy::Digest));
        byUser = std::min(byUser, paint(now - std::chrono::days{days}, now, SlowBy::User));
        byInstance = std::min(byInstance, paint(now - std::chrono::days{days}, now, SlowBy::Instance));
    }
    QElapsedTimer timer;
    timer.start();
    const auto top = must(slowlog::loadTop(session, slowlog::askFor(fleet, {}, now - std::chrono::days{days}, now)));
    const double table = milliseconds(timer);
    std::printf("{\"bench\":\"slow\",\"first_paint_ms\":%.1f,\"again_ms\":%.1f,\"zoom_ms\":%.1f,\"by_user_ms\":%.1f,\"by_instance_ms\":%.1f,\"table_of_%zu_digests_ms\":%.1f,"
                "\"reach_first_ms\":500,\"reach_zoom_ms\":150}\n", first, again, zoom, byUser, byInstance, top.digests.size(), table);
    return 0;
}
