// SPDX-License-Identifier: GPL-3.0-or-later
// Rates, shares and readings from packed series.
#include "models/fleet/figures.h"

#include <QTest>

using namespace zandb;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint noon = TimePoint{1'780'000'000s};
using Values = std::vector<std::optional<double>>;
constexpr auto none = std::nullopt;

/// Readings every 10 s from noon on; columns that are not given are NULL.
Series readings(std::initializer_list<std::pair<std::string_view, Series::Column>> columns)
{
    Series series;
    series.begin = noon;
    series.step = 10s;
    series.points = columns.begin()->second.size();
    series.columns.assign(wire::instanceFigures.size(), Series::Column(series.points));
    for (const auto &[name, values] : columns)
        series.columns.at(static_cast<std::size_t>(std::ranges::find(wire::instanceFigures, name) - wire::instanceFigures.begin())) = values;
    return series;
}

Values over(std::string_view name, const std::vector<Series> &history, std::chrono::seconds length, std::size_t buckets)
{
    const auto all = instanceFigures();
    const auto figure = std::ranges::find(all, name, &Figure::name);
    if (figure == all.end())
        return {};
    return figureOverTime(*figure, history, noon, noon + length, buckets);
}

} // namespace

class TestFigures : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyColumnExists()
    {
        for (const Figure &figure : instanceFigures()) {
            QVERIFY(std::ranges::count(wire::instanceFigures, figure.column) == 1);
            QCOMPARE(figure.whole.empty(), figure.form == Figure::Form::Reading || figure.form == Figure::Form::Rate);
            QVERIFY(figure.whole.empty() || std::ranges::count(wire::instanceFigures, figure.whole) == 1);
        }
        for (const Figure &figure : hostFigures()) {
            QVERIFY(std::ranges::count(wire::hostFigures, figure.column) == 1);
            QVERIFY(figure.whole.empty() || std::ranges::count(wire::hostFigures, figure.whole) == 1);
        }
    }
    void rates()
    {
        const Series series = readings({{"queries", {100, 200, 400, 400}}});
        QVERIFY((over("queries_per_s", {series}, 30s, 3) == Values{10, 20, 0}));
        QVERIFY((over("queries_per_s", {series}, 30s, 1) == Values{10}));
        // half of the second bucket is not known
        QVERIFY((over("queries_per_s", {series}, 40s, 2) == Values{15, 0}));
    }
    void aRestartIsNoRate()
    {
        QVERIFY((over("queries_per_s", {readings({{"queries", {1000, 10, 30}}})}, 20s, 2) == Values{none, 2}));
        // the counter is above its old value already, but the server is younger than the step
        QVERIFY((over("queries_per_s", {readings({{"queries", {10, 5000, 5100}}, {"uptime_s", {900, 4, 14}}})}, 20s, 2) == Values{none, 10}));
    }
    void holes()
    {
        QVERIFY((over("queries_per_s", {readings({{"queries", {0, none, 200, 300}}})}, 30s, 3) == Values{10, 10, 10}));
        Series::Column far(12);
        far.front() = 0;
        far.back() = 1100;
        QVERIFY((over("queries_per_s", {readings({{"queries", far}})}, 110s, 2) == Values{none, none}));
        QVERIFY((over("queries_per_s", {}, 20s, 2) == Values{none, none}));
        Series fewer = readings({{"queries", {1, 2}}});
        fewer.columns.resize(1); // of an older program
        QVERIFY((over("queries_per_s", {fewer}, 20s, 1) == Values{none}));
    }
    void shares()
    {
        const Series series = readings({{"pool_reads", {0, 100, 100, 1000}}, {"pool_misses", {0, 50, 50, 50}}});
        QVERIFY((over("pool_hit_share", {series}, 30s, 3) == Values{0.5, none, 1}));
        QCOMPARE(over("pool_hit_share", {series}, 30s, 1).front().value(), 0.95); // of all requests
    }
    void readingsAsTheyAre()
    {
        QVERIFY((over("lag_s", {readings({{"lag_ms", {0, 2500, none}}})}, 30s, 3) == Values{0, 2.5, none}));
        QVERIFY((over("connections", {readings({{"connections", {10, 20}}})}, 20s, 1) == Values{15}));
    }
    void partsAndRests()
    {
        Series series;
        series.begin = noon;
        series.step = 10s;
        series.points = 3;
        // as in wire::hostFigures: busy, all, available, memory
        series.columns = {{0, 2500, 2500}, {0, 10'000, 20'000}, {300, none, 100}, {1000, 1000, 1000}};
        FigureSums sums(hostFigures(), wire::hostFigures, noon, noon + 30s, 3);
        sums.add(series);
        const auto results = sums.results();
        QVERIFY((results[0] == Spreads{Spread{0.25, 0.25, 0.25}, Spread{0, 0, 0}, none}));
        QVERIFY((results[1] == Spreads{Spread{700, 700, 700}, none, Spread{900, 900, 900}}));
    }
    /// A bucket that holds many readings has the least and the greatest of them, and a rate goes over the seam between two rows of the store.
    void spreadsAndSeams()
    {
        const Series first = readings({{"queries", {0, 100}}, {"connections", {3, 9}}});
        Series second = readings({{"queries", {400, 400}}, {"connections", {6, 6}}});
        second.begin += 20s;
        const std::array wanted{*std::ranges::find(instanceFigures(), std::string_view("queries_per_s"), &Figure::name),
                                *std::ranges::find(instanceFigures(), std::string_view("connections"), &Figure::name)};
        FigureSums sums(wanted, wire::instanceFigures, noon, noon + 40s, 1);
        sums.add(first);
        sums.add(second);
        QVERIFY((sums.results()[0] == Spreads{Spread{0, 400.0 / 30, 30}}));
        QVERIFY((sums.results()[1] == Spreads{Spread{3, 6, 9}}));
    }
    void partsOfAHistory()
    {
        Series late = readings({{"connections", {7}}});
        late.begin += 50s;
        late.step = 1s;
        QVERIFY((over("connections", {readings({{"connections", {5}}}), late}, 60s, 6) == Values{5, none, none, none, none, 7}));
    }
};

QTEST_APPLESS_MAIN(TestFigures)
#include "tst_figures.moc"
