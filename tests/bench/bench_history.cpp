// SPDX-License-Identifier: GPL-3.0-or-later
// How long the history chart takes to draw 90 days of one instance and 7 days of 100 instances, sampled every 10 s.
// To reach: 200 ms each.  What is summed up off the GUI thread before is told beside it.
#include "models/fleet/figures.h"
#include "models/fleet/historycharts.h"
#include "widgets/common/theme.h"
#include "widgets/common/timechart.h"
#include "widgets/fleet/historyview.h"

#include <QApplication>
#include <QElapsedTimer>

#include <cstdio>
#include <ctime>
#include <random>

using namespace zandb;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint begin{1'780'000'000s};
constexpr std::size_t buckets = 1440;

/// An hour of an instance as one row of the store, packed.
std::string packedHour(TimePoint at, std::mt19937 &random)
{
    Series series{at, 10s, 360, {}};
    for (std::size_t column = 0; column < wire::instanceFigures.size(); ++column) {
        auto &values = series.columns.emplace_back(series.points);
        std::int64_t value = 0;
        for (auto &entry : values)
            entry = value += static_cast<std::int64_t>(random() % 1000);
        if (random() % 8 == 0) // a gap
            std::fill(values.begin() + 40, values.begin() + 70, std::nullopt);
    }
    return series::pack(series).value();
}

double milliseconds(const QElapsedTimer &timer) { return static_cast<double>(timer.nsecsElapsed()) / 1e6; }

/// CPU time of this thread: on a machine that others use too the clock tells of them.
double cpuMilliseconds()
{
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) / 1e6;
}

/// Reads, sums up and returns what one instance shows of so many days.
InstanceHistory history(int days, std::size_t count)
{
    std::mt19937 random(7);
    std::vector<std::string> rows;
    for (int hour = 0; hour < 24; ++hour)
        rows.push_back(packedHour(begin, random));
    InstanceHistory result{Uuid(), begin, begin + std::chrono::days(days), {}, {}, 0, true};
    FigureSums sums(instanceFigures(), wire::instanceFigures, result.from, result.until, count);
    for (int hour = 0; hour < days * 24; ++hour) {
        Series piece{begin + std::chrono::hours(hour), 10s, 360, {}};
        if (series::unpack(rows[static_cast<std::size_t>(hour % 24)], piece))
            sums.add(piece);
    }
    result.figures = sums.results();
    return result;
}

} // namespace

int main(int argc, char **argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication app(argc, argv);
    Theme theme(app);
    theme.apply(Theme::Choice::Light);
    QElapsedTimer timer;

    timer.start();
    const InstanceHistory one = history(90, buckets);
    const double summed = milliseconds(timer);
    HistoryView view(HistoryView::Size::Full);
    view.resize(1440, 900);
    view.show();
    QApplication::processEvents();
    timer.start();
    double cpu = cpuMilliseconds();
    view.setHistory(one);
    view.grab();
    const double ninetyDays = milliseconds(timer), ninetyDaysCpu = cpuMilliseconds() - cpu;

    timer.start();
    ChartData many{begin, begin + std::chrono::days(7), {}};
    const InstanceHistory week = history(7, buckets);
    const double summedWeek = 100 * milliseconds(timer);
    for (int instance = 0; instance < 100; ++instance)
        many.lines.push_back({QString::number(instance), QString::number(instance), week.figures[static_cast<std::size_t>(instance) % week.figures.size()]});
    TimeChart chart(QStringLiteral("many"));
    chart.setShape({ChartShape::Form::Lines, ChartUnit::PerSecond, true});
    chart.resize(1440, 900);
    chart.show();
    QApplication::processEvents();
    timer.start();
    cpu = cpuMilliseconds();
    chart.setData(many);
    chart.grab();
    const double hundred = milliseconds(timer), hundredCpu = cpuMilliseconds() - cpu;

    std::printf("{\"bench\":\"history\",\"draw_90_days_of_one_ms\":%.1f,\"draw_7_days_of_100_ms\":%.1f,\"reach_ms\":200,"
                "\"cpu_90_days_of_one_ms\":%.1f,\"cpu_7_days_of_100_ms\":%.1f,\"sum_90_days_of_one_ms\":%.1f,\"sum_7_days_of_100_ms\":%.1f}\n", ninetyDays, hundred, ninetyDaysCpu, hundredCpu, summed, summedWeek);
    return 0;
}
