// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/frame.h"
#include "agent/protocol/workflow.h"

#include <QTest>

using namespace zandb;
using wire::Frame;
using wire::FrameKind;

namespace {

std::string lengthPrefix(std::uint32_t length)
{
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8)
        bytes += static_cast<char>(length >> shift & 0xff);
    return bytes;
}

std::string nested(int depth)
{
    return std::string(static_cast<std::size_t>(depth), '[') + std::string(static_cast<std::size_t>(depth), ']');
}

} // namespace

class TestFrames : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void layoutOnTheWire()
    {
        QCOMPARE(wire::encodeFrame(FrameKind::Request, 0x01020304, std::string_view("{}")),
                 std::string("\0\0\0\7\1\1\2\3\4{}", 11));
        QCOMPARE(wire::preamble.size(), std::size_t{16});
        QCOMPARE(std::string(wire::preamble), std::string("\0ZANDB-AGENT/1\n\0", 16));
    }

    void framesInAnyPieces()
    {
        std::string stream;
        for (std::uint32_t id = 1; id <= 200; ++id)
            stream += wire::encodeFrame(static_cast<FrameKind>(id % 10), id, std::string_view(std::string(id * 37 % 5000, 'x')));
        for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{4096}, stream.size()}) {
            wire::FrameReader reader;
            std::uint32_t expected = 1;
            for (std::size_t at = 0; at < stream.size(); at += piece) {
                reader.feed(std::string_view(stream).substr(at, piece));
                for (;;) {
                    const auto frame = reader.next();
                    QVERIFY(frame);
                    if (!*frame)
                        break;
                    QCOMPARE((*frame)->id, expected);
                    QCOMPARE(static_cast<std::uint32_t>((*frame)->kind), expected % 10);
                    QCOMPARE((*frame)->body, std::string(expected * 37 % 5000, 'x'));
                    ++expected;
                }
            }
            QCOMPARE(expected, 201u);
        }
    }

    void badLengthsAndKinds()
    {
        const auto errorOf = [](const std::string &bytes) {
            wire::FrameReader reader;
            reader.feed(bytes);
            const auto frame = reader.next();
            return frame ? std::string("none") : frame.error().code;
        };
        QCOMPARE(errorOf(lengthPrefix(wire::maxFrame + 1)), std::string("protocol.too_large"));
        QCOMPARE(errorOf(lengthPrefix(0xffffffff)), std::string("protocol.too_large"));
        QCOMPARE(errorOf(lengthPrefix(4)), std::string("protocol.malformed"));
        QCOMPARE(errorOf(lengthPrefix(5) + '\x0a'), std::string("protocol.malformed"));
        QCOMPARE(errorOf(lengthPrefix(wire::maxFrame) + '\x01'), std::string("none"));
    }

    void preambleBehindNoise()
    {
        const std::string noise = "Last login: today\r\n\x1b[1mwelcome\n";
        const std::string stream = noise + std::string(wire::preamble) + "rest";
        for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
            wire::PreambleReader reader;
            bool seen = false;
            for (std::size_t at = 0; at < stream.size(); at += piece)
                seen = reader.feed(std::string_view(stream).substr(at, piece)).value();
            QVERIFY(seen);
            QCOMPARE(reader.takeRest(), std::string("rest"));
            QVERIFY(reader.noise().starts_with("Last login: today"));
        }
    }

    void endlessNoiseIsRefused()
    {
        wire::PreambleReader reader;
        Result<bool> result = false;
        std::size_t fed = 0;
        while (result && fed < 10 * wire::maxNoise) {
            result = reader.feed(std::string(1000, 'n'));
            fed += 1000;
        }
        QVERIFY(!result);
        QCOMPARE(result.error().code, std::string("protocol.malformed"));
        QVERIFY(fed < wire::maxNoise + 3000);
        QCOMPARE(result.error().fields.at("noise").size(), std::size_t{300});
    }

    void jsonNesting()
    {
        QVERIFY(parseJson(nested(32)));
        QVERIFY(!parseJson(nested(33)));
        QVERIFY(!parseJson(nested(200'000)));
        QVERIFY(!parseJson(std::string(100'000, '[')));
        QVERIFY(!parseJson("{\"a\":1} x"));
        QVERIFY(!parseJson("{\"a\":\"\xff\"}"));
        QVERIFY(!parseJson(""));
        QVERIFY(!parseJson("// no comments\n{}"));
    }

    void bytesTravel()
    {
        for (const std::string &bytes : {std::string("plain"), std::string("\xff\0\x01", 3), std::string(),
                                         std::string("\xc3\x28"), std::string("äöü")}) {
            const auto again = parseJson(dumpJson(bytesToJson(bytes))).and_then(bytesFromJson);
            QVERIFY(again);
            QCOMPARE(*again, bytes);
        }
        QVERIFY(!bytesFromJson(Json{{"b64", "%%%%"}}));
        QVERIFY(!bytesFromJson(Json(5)));
    }

    void untrustedOrders()
    {
        for (const char *text : {R"({"key":5})", R"({"key":{"runId":"x"}})", R"({"ttlSeconds":"soon"})", "[]", "null", "7"})
            QVERIFY2(!decode<wire::Order>(parseJson(text).value()), text);
        wire::OrderStatus status;
        status.key = {Uuid::v7(), 2, 3};
        status.state = "finished";
        status.error = makeError(errors::backupBlocked, {{"seconds", "7"}}, makeError(errors::sqlFailed));
        status.endedAt = fromMicros(1'795'379'851'084'455);
        const auto again = decode<wire::OrderStatus>(parseJson(dumpJson(Json(status))).value());
        QVERIFY(again);
        QVERIFY(again->key == status.key);
        QVERIFY(again->endedAt == status.endedAt);
        QVERIFY(!again->startedAt);
        QVERIFY(again->error && again->error->is(errors::backupBlocked) && again->error->isTransient());
        QCOMPARE(again->error->cause->code, std::string("sql.failed"));
    }
};

QTEST_GUILESS_MAIN(TestFrames)
#include "tst_frames.moc"
