// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/backups.h"
#include "agent/protocol/fleet.h"
#include "agent/protocol/jsontext.h"
#include "agent/protocol/workflow.h"

#include <QTest>

using namespace zandb;

/// Numbers of JSON from outside: what is no integer, or does not fit, is refused and never cut, wrapped or undefined.
class TestJson : public QObject
{
    Q_OBJECT

    template<class T>
    static bool reads(const char *text)
    {
        return decode<T>(parseJson(text).value()).has_value();
    }

private Q_SLOTS:
    void integersOfTheirType()
    {
        QVERIFY(reads<int>("2147483647") && reads<int>("-2147483648") && reads<int>("0"));
        QVERIFY(!reads<int>("2147483648") && !reads<int>("-2147483649") && !reads<int>("18446744073709551615"));
        QVERIFY(reads<unsigned>("4294967295") && !reads<unsigned>("4294967296") && !reads<unsigned>("-1"));
        QVERIFY(reads<std::uint64_t>("18446744073709551615") && !reads<std::uint64_t>("-1"));
        QVERIFY(reads<std::int64_t>("-9223372036854775808") && !reads<std::int64_t>("9223372036854775808"));
        QVERIFY(reads<std::uint16_t>("65535") && !reads<std::uint16_t>("65536"));
        for (const char *text : {"-2.2e22", "1e3", "6.0", "0.5", "1e400", "true", "null", "\"7\"", "[]", "{}"}) {
            if (const auto json = parseJson(text)) { // 1e400 is refused while it is parsed
                QVERIFY2(!decode<int>(*json), text);
                QVERIFY2(!decode<std::int64_t>(*json), text);
                QVERIFY2(!decode<std::uint64_t>(*json), text);
            }
        }
        QVERIFY(decode<double>(Json(7)) && decode<bool>(Json(true)) && !decode<bool>(Json(1)));
    }

    /// Whatever way an integer is read: as a member of a message, of a list or a map, with or without a default.
    void everyWayToRead_data()
    {
        QTest::addColumn<QByteArray>("number");
        for (const char *number : {"-2.2e22", "2.2e22", "1.5", "99999999999999999999", "9223372036854775808", "-9223372036854775809"})
            QTest::newRow(number) << QByteArray(number);
    }
    void everyWayToRead()
    {
        QFETCH(QByteArray, number);
        const auto with = [&](const char *before, const char *after = "}") {
            return parseJson(before + number.toStdString() + after).value();
        };
        QVERIFY(!decode<wire::OrderKey>(with("{\"attempt\":")));
        QVERIFY(!decode<wire::OrderKey>(with("{\"step\":")));
        QVERIFY(!decode<wire::Fence>(with("{\"token\":")));
        QVERIFY(!decode<wire::Order>(with("{\"ttlSeconds\":")));
        QVERIFY(!decode<wire::Progress>(with("{\"bytesDone\":")));
        QVERIFY(!decode<wire::Progress>(with("{\"secondsLeft\":")));
        QVERIFY(!decode<wire::Progress>(with("{\"at\":")));
        QVERIFY(!decode<wire::OrderStatus>(with("{\"key\":{},\"state\":\"none\",\"logSize\":")));
        QVERIFY(!decode<wire::OrderStatus>(with("{\"state\":\"none\",\"key\":{\"attempt\":", "}}")));
        QVERIFY(!decode<wire::BackupArgs>(with("{\"keep\":")));
        QVERIFY(!decode<wire::BackupResult>(with("{\"bytes\":")));
        QVERIFY(!decode<wire::HostFacts>(with("{\"cores\":")));
        QVERIFY(!decode<wire::HostFacts>(with("{\"disks\":[{\"freeBytes\":", "}]}")));
        QVERIFY(!decode<wire::InstanceState>(with("{\"name\":\"a\",\"port\":")));
        QVERIFY(!decode<wire::InstanceState>(with("{\"name\":\"a\",\"dataBytes\":")));
        QVERIFY(!decode<std::vector<int>>(with("[1,", "]")));
        QVERIFY((!decode<std::map<std::string, std::int64_t>>(with("{\"a\":"))));
        QVERIFY(!decode<std::optional<std::int64_t>>(with("", "")));
        QVERIFY_THROWS_EXCEPTION(std::exception, with("{\"limit\":").value("limit", std::int64_t{5}));
        QVERIFY_THROWS_EXCEPTION(std::exception, [](int) {}(with("{\"limit\":")["limit"]));
        QVERIFY(!integerIn(with("", ""), std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()));
    }

    void integersWithinBounds()
    {
        QCOMPARE(integerIn(Json(5), 5, 7), std::optional<std::int64_t>(5));
        QCOMPARE(integerIn(Json(7u), 5, 7), std::optional<std::int64_t>(7));
        QVERIFY(!integerIn(Json(4), 5, 7) && !integerIn(Json(8u), 5, 7));
        QVERIFY(!integerIn(Json(6.0), 5, 7) && !integerIn(Json("6"), 5, 7) && !integerIn(Json(), 0, 7));
        QVERIFY(!integerIn(Json(std::uint64_t(-1)), -1, 7));
    }

    /// An instant that no text can name would overflow in the first sum with it.
    void instants()
    {
        QVERIFY(decode<TimePoint>(Json(firstJsonMicros)) && decode<TimePoint>(Json(lastJsonMicros)));
        QVERIFY(!decode<TimePoint>(Json(firstJsonMicros - 1)) && !decode<TimePoint>(Json(lastJsonMicros + 1)));
        QVERIFY(!decode<TimePoint>(Json(std::numeric_limits<std::int64_t>::max())) && !decode<TimePoint>(Json(1.5)));
        QCOMPARE(toIso(fromMicros(firstJsonMicros)), std::string("0001-01-01T00:00:00Z"));
        QCOMPARE(toIso(fromMicros(lastJsonMicros)), std::string("9999-12-31T23:59:59.999999Z"));
    }

    void whatIsWrittenIsRead()
    {
        for (const std::int64_t number : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1}, std::int64_t{0},
                                          std::numeric_limits<std::int64_t>::max()})
            QCOMPARE(decode<std::int64_t>(parseJson(dumpJson(Json(number))).value()).value(), number);
        const auto most = std::numeric_limits<std::uint64_t>::max();
        QCOMPARE(decode<std::uint64_t>(parseJson(dumpJson(Json(most))).value()).value(), most);
    }

    /// What is written without a tree is the same as what the tree would have given.
    void textWithoutATree()
    {
        const std::vector<std::string> texts{"", "plain", "quote \" and \\", "line\nfeed\t\x01\x7f", "\xc3\xa9 \xe2\x82\xac", "bad \xff\xc3", std::string("nul\0byte", 8)};
        const std::vector<double> numbers{0, 1, -1, 0.1, 1.0 / 3, 1e-9, 1.5e300, 123456789.123456, -0.0, 9007199254740993.0};
        std::string out = "before";
        JsonText json(out);
        json.beginObject().key("texts").beginArray();
        for (const std::string &text : texts)
            json.value(text);
        json.endArray().key("numbers").beginArray();
        for (const double number : numbers)
            json.value(number);
        json.endArray().field("most", std::numeric_limits<std::int64_t>::max()).field("least", std::numeric_limits<std::int64_t>::min());
        json.field("none", std::optional<double>()).field("some", std::optional<std::int64_t>(7)).field("endless", std::numeric_limits<double>::infinity());
        json.key("empty").beginObject().endObject().key("pairs").beginArray().beginArray().value(std::int64_t{1}).value(std::int64_t{2}).endArray().beginArray().endArray().endArray().endObject();

        const Json tree{{"texts", texts}, {"numbers", numbers}, {"most", std::numeric_limits<std::int64_t>::max()}, {"least", std::numeric_limits<std::int64_t>::min()}, {"none", nullptr}, {"some", 7},
                        {"endless", nullptr}, {"empty", Json::object()}, {"pairs", {{1, 2}, Json::array()}}};
        QVERIFY(out.starts_with("before{"));
        QVERIFY(parseJson(std::string_view(out).substr(6)).value() == parseJson(dumpJson(tree)).value());
    }
};

QTEST_GUILESS_MAIN(TestJson)
#include "tst_json.moc"
