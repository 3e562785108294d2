// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/slowlog.h"
#include "agent/slowlog/slowsketch.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <random>

using namespace zandb;
using namespace zandb::agent;

class TestSlowSketch : public QObject
{
    Q_OBJECT

    static bool isNear(double value, double right, double part) { return std::abs(value - right) <= part * std::abs(right) + 1e-12; }

private Q_SLOTS:
    /// As the wire has it: base^(b-1) < value <= base^b.
    void buckets()
    {
        std::mt19937_64 random(3);
        std::uniform_real_distribution<double> exponent(-9, 15);
        for (int i = 0; i < 200'000; ++i) {
            const double value = std::pow(10, exponent(random));
            const int b = SlowSketch::bucketOf(value);
            QVERIFY2(value <= SlowSketch::upperEnd(b) * (1 + 1e-12) && value > SlowSketch::upperEnd(b - 1) * (1 - 1e-12), qPrintable(QString::number(value, 'g', 17)));
        }
        QCOMPARE(SlowSketch::bucketOf(1.0), 0);
        QCOMPARE(SlowSketch::bucketOf(0), static_cast<int>(wire::slowBucketZero));
        for (const double odd : {-1.0, std::nan(""), 1e-300, 1e300, HUGE_VAL})
            (void)SlowSketch::bucketOf(odd); // some bucket
    }

    void estimates_data()
    {
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("kind");
        for (const int count : {1, 2, 3, 9, 10, 11, 100, 1001, 50'000})
            for (const int kind : {0, 1, 2, 3})
                QTest::addRow("%d of kind %d", count, kind) << count << kind;
    }
    void estimates()
    {
        QFETCH(int, count);
        QFETCH(int, kind);
        std::mt19937_64 random(static_cast<unsigned>(count * 4 + kind));
        std::lognormal_distribution<double> log(-3, 2);
        std::vector<double> values;
        SlowColumn whole;
        std::array<SlowColumn, 3> parts;
        for (int i = 0; i < count; ++i) {
            const double value = kind == 0 ? log(random) : kind == 1 ? static_cast<double>(random() % 50) : kind == 2 ? 5e9 + static_cast<double>(random() % 1000) : 0.25;
            values.push_back(value);
            whole.add(value);
            parts[random() % 3].add(value);
        }
        SlowColumn merged;
        for (const SlowColumn &part : parts)
            merged.add(part);
        std::ranges::sort(values);
        double sum = 0, squares = 0;
        for (const double value : values)
            sum += value;
        for (const double value : values)
            squares += (value - sum / count) * (value - sum / count);
        const auto n = static_cast<std::size_t>(count);
        const double median = n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
        const double p95 = n < 10 ? values.back() : values[static_cast<std::size_t>(count * 0.95) - 1];
        const double deviation = n < 2 ? 0 : std::sqrt(squares / (n == 2 ? 1 : count));
        for (const SlowColumn *column : {&whole, &merged}) {
            QCOMPARE(column->count, count);
            QVERIFY(isNear(column->sum, sum, 1e-9));
            QCOMPARE(column->min, values.front());
            QCOMPARE(column->max, values.back());
            QVERIFY2(isNear(column->median(), median, 0.025), qPrintable(QStringLiteral("%1 %2").arg(column->median()).arg(median)));
            QVERIFY2(isNear(column->percentile95(), p95, 0.025), qPrintable(QStringLiteral("%1 %2").arg(column->percentile95()).arg(p95)));
            QVERIFY2(isNear(column->deviation(), deviation, 0.01), qPrintable(QStringLiteral("%1 %2").arg(column->deviation()).arg(deviation)));
        }
    }
};

QTEST_GUILESS_MAIN(TestSlowSketch)
#include "tst_slowsketch.moc"
