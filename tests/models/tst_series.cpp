// SPDX-License-Identifier: GPL-3.0-or-later
// Packed series against the vectors of models/common/series.md, and against themselves.
#include "models/common/series.h"

#include <QTest>

#include <limits>
#include <random>
#include <zstd.h>

using namespace zandb;
using namespace std::chrono_literals;

namespace {

constexpr auto none = std::nullopt;
constexpr TimePoint noon = TimePoint{1'780'000'000s};

Series seriesOf(std::vector<Series::Column> columns)
{
    Series series;
    series.begin = noon;
    series.step = 10s;
    series.points = columns.empty() ? 3 : columns.front().size();
    series.columns = std::move(columns);
    return series;
}

QByteArray contentOf(const std::string &blob)
{
    const auto size = ZSTD_getFrameContentSize(blob.data(), blob.size());
    QByteArray content(static_cast<qsizetype>(size), '\0');
    ZSTD_decompress(content.data(), static_cast<std::size_t>(content.size()), blob.data(), blob.size());
    return content;
}

std::string blobOf(const QByteArray &content)
{
    std::string blob(ZSTD_compressBound(static_cast<std::size_t>(content.size())), '\0');
    blob.resize(ZSTD_compress(blob.data(), blob.size(), content.data(), static_cast<std::size_t>(content.size()), 1));
    return blob;
}

} // namespace

class tst_series : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void vectors_data();
    void vectors();
    void anySeriesComesBack();
    void anHourOfSamplesIsSmall();
    void limits();
    void damaged_data();
    void damaged();
    void merged();
    void notMerged();
};

void tst_series::vectors_data()
{
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    QTest::addColumn<Series>("series");
    QTest::addColumn<QByteArray>("content");
    QTest::newRow("no columns") << seriesOf({}) << QByteArray("00");
    QTest::newRow("constant") << seriesOf({{5, 5, 5}}) << QByteArray("01 01 0a 00 00");
    QTest::newRow("steady") << seriesOf({{0, 10, 20, 30}}) << QByteArray("01 01 00 14 00 00");
    QTest::newRow("a hole") << seriesOf({{1, none, 3}}) << QByteArray("01 02 05 02 04");
    QTest::newRow("nothing and something") << seriesOf({{none, none}, {-1, 1}}) << QByteArray("02 00 01 01 04");
    QTest::newRow("wraps") << seriesOf({{most, least}}) << QByteArray("01 01 fe ff ff ff ff ff ff ff ff 01 02");
}

void tst_series::vectors()
{
    QFETCH(Series, series);
    QFETCH(QByteArray, content);
    const auto blob = series::pack(series);
    QVERIFY(blob);
    QCOMPARE(contentOf(*blob).toHex(' '), content);
    Series back = series;
    back.columns.clear();
    QVERIFY(series::unpack(*blob, back));
    QVERIFY(back == series);
}

void tst_series::anySeriesComesBack()
{
    std::mt19937_64 random(20261129);
    for (int round = 0; round < 300; ++round) {
        Series series;
        series.begin = noon;
        series.step = 1s;
        series.points = random() % 200;
        series.columns.resize(random() % 6);
        for (auto &column : series.columns) {
            const auto nulls = random() % 4;
            const auto shift = random() % 64;
            column.resize(series.points);
            for (auto &value : column) {
                if (random() % 4 >= nulls)
                    value = static_cast<std::int64_t>(random()) >> shift;
            }
        }
        const auto blob = series::pack(series);
        QVERIFY(blob);
        Series back = series;
        QVERIFY(series::unpack(*blob, back));
        QVERIFY2(back == series, qPrintable(QString::number(round)));
    }
}

void tst_series::anHourOfSamplesIsSmall()
{
    // 24 figures every 10 s, a third of them quiet, a third growing, a third noisy: 150 kB a day are allowed
    std::mt19937 random(7);
    std::vector<Series::Column> columns(24, Series::Column(360));
    for (std::size_t c = 0; c < columns.size(); ++c) {
        std::int64_t sum = 1'000'000;
        for (auto &value : columns[c])
            value = c % 3 == 0 ? 7 : c % 3 == 1 ? (sum += 4096) : static_cast<std::int64_t>(random() % 500);
    }
    const auto blob = series::pack(seriesOf(std::move(columns)), 19);
    QVERIFY(blob);
    qInfo("%zu bytes an hour", blob->size());
    QVERIFY(blob->size() * 24 <= 150'000);
}

void tst_series::limits()
{
    Series ragged = seriesOf({{1, 2}, {1}});
    QVERIFY(!series::pack(ragged));
    QVERIFY(!series::pack(seriesOf({Series::Column(series::maxPoints + 1, 1)})));
    QVERIFY(series::pack(seriesOf({Series::Column(series::maxPoints, 1)})));
    QVERIFY(!series::pack(seriesOf(std::vector<Series::Column>(series::maxColumns + 1, {1}))));
    std::mt19937_64 random(1); // noise of 8 bytes a value cannot become 64 KiB
    std::vector<Series::Column> noise(100, Series::Column(360));
    for (auto &column : noise) {
        for (auto &value : column)
            value = static_cast<std::int64_t>(random());
    }
    QVERIFY(!series::pack(seriesOf(std::move(noise))));
}

void tst_series::damaged_data()
{
    QTest::addColumn<std::string>("blob");
    const auto content = [](const char *hex) { return blobOf(QByteArray::fromHex(hex)); };
    QTest::newRow("empty") << std::string();
    QTest::newRow("no zstd") << std::string("no zstd at all");
    QTest::newRow("no content") << content("");
    QTest::newRow("a byte is left over") << content("01 01 0a 00 00 00");
    QTest::newRow("ends early") << content("01 01 0a 00");
    QTest::newRow("unknown form") << content("01 03 0a 00 00");
    QTest::newRow("257 columns") << content(QByteArray("8102").append(QByteArray(257 * 2, '0')));
    QTest::newRow("bitmap with bits beyond the end") << content("01 02 0f 02 00 00 00");
    QTest::newRow("varint of eleven bytes") << content("01 01 ff ff ff ff ff ff ff ff ff ff 01 00 00");
    QTest::newRow("varint beyond 64 bits") << content("01 01 ff ff ff ff ff ff ff ff ff 02 00 00");
    QTest::newRow("two frames") << content("01 01 0a 00 00") + content("01");
    // a head that promises 1 GiB
    QTest::newRow("bomb") << std::string("\x28\xb5\x2f\xfd\xa0\x00\x00\x00\x40\x01\x00\x00", 12);
}

void tst_series::damaged()
{
    QFETCH(std::string, blob);
    Series series = seriesOf({{1, 2, 3}});
    QVERIFY(!series::unpack(blob, series));
    QVERIFY(series.columns.empty());
}

void tst_series::merged()
{
    Series kept = seriesOf({{1, 2, none}});
    Series added = seriesOf({{none, 8, 9}, {4, 5, 6}});
    added.begin += 10s;
    auto both = series::merge(kept, added);
    QVERIFY(both);
    // what only one of them has stays; the newer value counts; a new column is NULL before
    QVERIFY(*both == seriesOf({{1, 2, 8, 9}, {none, 4, 5, 6}}));
    QVERIFY(*series::merge(added, kept) == seriesOf({{1, 2, 8, 9}, {none, 4, 5, 6}}));

    Series far = seriesOf({{7}});
    far.begin += 50s;
    QVERIFY(*series::merge(kept, far) == seriesOf({{1, 2, none, none, none, 7}}));
    QVERIFY(*series::merge({}, kept) == kept);
    QVERIFY(*series::merge(kept, {}) == kept);
}

void tst_series::notMerged()
{
    const Series kept = seriesOf({{1, 2, 3}});
    Series other = kept;
    other.step = 60s;
    QVERIFY(!series::merge(kept, other));
    other = kept;
    other.begin += 1s; // beside the grid
    QVERIFY(!series::merge(kept, other));
    other.begin = noon + 10s * static_cast<int>(series::maxPoints);
    QVERIFY(!series::merge(kept, other));
    other.begin = TimePoint::max() - 5s;
    QVERIFY(!series::merge(kept, other));
    other.begin = TimePoint::min();
    QVERIFY(!series::merge(kept, other));
}

QTEST_APPLESS_MAIN(tst_series)
#include "tst_series.moc"
