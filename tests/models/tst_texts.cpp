// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/backups/warningtext.h"
#include "models/common/errortext.h"
#include "models/common/format.h"
#include "models/common/timerange.h"
#include "models/fleet/statetext.h"
#include "models/workflow/runtext.h"
#include "tests/places.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QTest>
#include <QXmlStreamReader>

using namespace zandb;

class TestTexts : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    /// All lists of codes are walked: each has a text, and the text asks only for fields that stand behind the code.
    void everyCodeHasAText_data()
    {
        QTest::addColumn<QString>("fields");
        // the fields stand on the code's own line: an empty list must not swallow the next code
        static const QRegularExpression line(QStringLiteral("ErrorCode \\w+\\{\"([^\"]+)\", [\\w:]+\\};[ \\t]*//[ \\t]*([^\\n]*)$"), QRegularExpression::MultilineOption);
        static const QRegularExpression code(QStringLiteral("ErrorCode \\w+\\{\""));
        int found = 0;
        int defined = 0;
        for (const char *name : {"/agent", "/models", "/app"}) {
            QDirIterator headers(QStringLiteral(ZANDB_SOURCE_DIR) + QLatin1String(name), {QStringLiteral("*.h"), QStringLiteral("*.cpp")}, QDir::Files,
                                 QDirIterator::Subdirectories);
            while (headers.hasNext()) {
                QFile file(headers.next());
                QVERIFY(file.open(QIODevice::ReadOnly));
                const QString text = QString::fromUtf8(file.readAll());
                defined += static_cast<int>(text.count(code));
                for (auto it = line.globalMatch(text); it.hasNext();) {
                    const auto match = it.next();
                    QTest::newRow(qPrintable(match.captured(1))) << match.captured(2);
                    ++found;
                }
            }
        }
        QCOMPARE(found, defined);
        QVERIFY(found > 80);
    }
    void everyCodeHasAText()
    {
        QFETCH(QString, fields);
        const std::string code = QTest::currentDataTag();
        QVERIFY(hasErrorText(code));
        static const QRegularExpression field(QStringLiteral("\\{(\\w+)\\}"));
        static const QRegularExpression word(QStringLiteral("\\w+"));
        QStringList known;
        for (auto it = word.globalMatch(fields); it.hasNext();)
            known << it.next().captured(0);
        for (auto it = field.globalMatch(errorPattern(code)); it.hasNext();) {
            const QString asked = it.next().captured(1);
            QVERIFY2(known.contains(asked), qPrintable(asked));
        }
    }
    void sizesHaveUnits()
    {
        const Error full{"io.disk_full", ErrorClass::Transient, {{"path", "/srv"}, {"free", "1048576"}, {"needed", "3221225472"}}, nullptr};
        QCOMPARE(errorSummary(full), QStringLiteral("No space left at /srv: %1 free, %2 needed.").arg(bytesText(1 << 20), bytesText(3LL << 30)));
        const Error busy{"agent.busy", ErrorClass::Transient, {{"host", "db1"}, {"what", "spool"}, {"limit", "60"}}, nullptr};
        QVERIFY(!errorSummary(busy).contains(QStringLiteral("60 B"))); // not every limit is one of bytes
    }
    /// A field that nobody filled leaves no dash in the sentence.
    void whatIsNotKnownIsNotSpokenOf()
    {
        const Error full{"io.disk_full", ErrorClass::Transient, {{"path", "/srv"}, {"free", "0"}, {"detail", "No space left on device"}}, nullptr};
        const Error stored{"protocol.bad_params", ErrorClass::Permanent, {{"detail", "type must be array"}}, nullptr};
        const Error changed{"config.changed", ErrorClass::Permanent, {{"instance", "db1/my3306"}, {"variable", "max_connections"}, {"value", ""}, {"expected", "60"}}, nullptr};
        for (const Error &error : {full, stored, changed})
            QVERIFY2(!errorText(error).contains(QChar(0x2013)), qPrintable(errorText(error)));
        QVERIFY2(errorSummary(changed).contains(QStringLiteral("is its default by now")), qPrintable(errorSummary(changed)));
    }
    /// What every dump of a server has in common is not cured by an older one.
    void aDumpThatCannotBeLoaded()
    {
        const Error load{"restore.failed", ErrorClass::Permanent, {{"step", "load"}, {"detail", "ERROR 1100"}}, nullptr};
        QVERIFY2(errorAdvice(load).contains(QStringLiteral("another method")), qPrintable(errorAdvice(load)));
        QVERIFY2(errorSummary(load).contains(QStringLiteral("ERROR 1100")), qPrintable(errorSummary(load)));
        const Error check{"restore.failed", ErrorClass::Permanent, {{"step", "check"}, {"detail", "x"}}, nullptr};
        QVERIFY(errorAdvice(check) != errorAdvice(load));
    }
    void everyWarningHasAText()
    {
        for (const std::string_view code : {wire::warnings::brokenViews, wire::warnings::missingDefiners, wire::warnings::historyLost,
                                            wire::warnings::sqlModesLost, wire::warnings::rightsMissing, wire::warnings::notCompared,
                                            wire::warnings::extraObjects, wire::warnings::unreadableViews, wire::warnings::definersNotRestored}) {
            const QString text = warningText({std::string(code), {"shop.v"}, 60});
            QVERIFY2(text.contains(QStringLiteral("shop.v")) && text.contains(QStringLiteral("59")), qPrintable(text));
            QVERIFY2(!text.contains(QString::fromUtf8(code.data(), static_cast<qsizetype>(code.size()))), qPrintable(text));
        }
        QCOMPARE(objectCountsText({{"view", 2}, {"table", 6}}), QStringLiteral("tables: 6, views: 2"));
    }
    // Whether it is tried again is the run's matter, which may allow no retry at all.
    void noAdvicePromisesARetry()
    {
        for (const char *code : {"backup.blocked", "backup.lock_held", "backup.lock_unknown", "backup.held_up_others", "backup.no_end_marker", "backup.no_quiet_moment",
                                 "backup.server_restarted", "backup.staging_full", "backup.repository_remote", "backup.definition_changed", "order.expired",
                                 "agent.busy"}) {
            QVERIFY2(hasErrorText(code), code);
            QVERIFY2(!errorPattern(code).contains(QStringLiteral("tried again")) && !errorPattern(code).contains(QStringLiteral("retried")), code);
        }
    }
    void errorsReadAsSentences()
    {
        Error error{"ssh.unreachable", ErrorClass::Transient, {{"host", "db1"}, {"address", "10.0.0.1:22"}, {"detail", "timed out."}},
                    std::make_shared<const Error>(Error{"io.failed", ErrorClass::Transient, {{"path", "/x"}}, nullptr})};
        const QString text = errorText(error, QStringLiteral("db1/my3306"));
        QVERIFY2(text.startsWith(QStringLiteral("db1/my3306: db1 cannot be reached at 10.0.0.1:22: timed out.")), qPrintable(text));
        QVERIFY(!text.contains(QStringLiteral("..")));
        QVERIFY(text.contains(QStringLiteral("\nCause: Reading or writing /x failed")));
        const Error strange{"new.code", ErrorClass::Unknown, {{"a", "b{c}"}}, nullptr};
        QVERIFY(errorText(strange).contains(QStringLiteral("new.code{a=b{c}}")));
    }
    void numbersReadWell()
    {
        QLocale::setDefault(QLocale::c());
        QCOMPARE(bytesText(0), QStringLiteral("0\u00a0B"));
        QCOMPARE(bytesText(1536), QStringLiteral("1.50\u00a0KiB"));
        QCOMPARE(bytesText(150LL << 30), QStringLiteral("150\u00a0GiB"));
        QCOMPARE(durationText(std::chrono::milliseconds{350}), QStringLiteral("350 ms"));
        QCOMPARE(durationText(std::chrono::seconds{725}), QStringLiteral("12 min 05 s"));
        QCOMPARE(durationText(std::chrono::seconds{4800}), QStringLiteral("1 h 20 min"));
        QCOMPARE(clockText(80), QStringLiteral("1:20"));
        QCOMPARE(clockText(7390), QStringLiteral("2:03:10"));
        QCOMPARE(percentText(99.9), QStringLiteral("99\u00a0%")); // never 100 before it is done
    }
    void progressSaysWhatItCounts()
    {
        QLocale::setDefault(QLocale::c());
        Run run;
        run.state = RunState::Running;
        run.progress = wire::Progress{};
        run.progress->bytesDone = 37;
        run.progress->bytesTotal = 44;
        QCOMPARE(progressText(run), QStringLiteral("37\u00a0B of 44\u00a0B"));
        run.progress->unit = "tables";
        QCOMPARE(progressText(run), QStringLiteral("37 of 44 tables"));
        // an agent of the previous version says no unit
        const auto old = decode<wire::Progress>(Json{{"bytesDone", 1}, {"bytesTotal", 2}});
        QVERIFY(old && old->unit == "bytes");
    }
    void rolesNameTheirSource()
    {
        Fleet fleet;
        Host host;
        host.id = Uuid::v7();
        host.name = "db1";
        host.address = "10.0.0.7";
        fleet.hosts.push_back(host);
        InstanceRecord primary;
        primary.instance = {Uuid::v7(), host.id, "my3306", 3306, {}, 1};
        InstanceRecord replica = primary;
        replica.instance.name = "my3307";
        replica.instance.port = 3307;
        replica.detail.emplace();
        replica.detail->role = "replica";
        fleet.instances = {primary, replica};
        const auto role = [&](const char *address, int port) {
            replica.detail->replication = {wire::ReplicationState{address, port, true, true, 0, "", 0, ""}};
            return roleText(replica, sourceNames(fleet));
        };
        QCOMPARE(role("10.0.0.7", 3306), QStringLiteral("replica of db1/my3306"));
        QCOMPARE(role("db1", 3306), QStringLiteral("replica of db1/my3306"));
        QCOMPARE(role("10.0.0.7", 3310), QStringLiteral("replica of 10.0.0.7:3310"));
        QCOMPARE(role("10.0.0.8", 3306), QStringLiteral("replica of 10.0.0.8:3306")); // of no host here
        QCOMPARE(roleText(primary, sourceNames(fleet)), QString());
    }

    void rangesTravelAsText()
    {
        for (const TimeRange &range : {TimeRange::last(24), TimeRange::last(120), TimeRange::last(6),
                                       TimeRange::fixed(*fromIso("2026-11-20T00:00:00Z"), *fromIso("2026-11-21T12:30:00Z"))})
            QCOMPARE(TimeRange::parse(range.toText()), std::optional(range));
        for (const char *bad : {"", "d", "-5d", "5x", "2026-11-21T00:00:00Z~2026-11-20T00:00:00Z", "99999999999d"})
            QVERIFY2(!TimeRange::parse(QLatin1String(bad)), bad);
    }
    /// What the programs say is translated in full: no string is unfinished, empty, or has lost a placeholder.
    void translationsAreComplete_data()
    {
        QTest::addColumn<QString>("path");
        QDirIterator files(QStringLiteral(ZANDB_SOURCE_DIR "/translations"), {QStringLiteral("*.ts")}, QDir::Files);
        while (files.hasNext()) {
            const QString path = files.next();
            QTest::newRow(qPrintable(QFileInfo(path).fileName())) << path;
        }
    }
    void translationsAreComplete()
    {
        QFETCH(QString, path);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QXmlStreamReader xml(&file);
        QString source;
        int messages = 0;
        static const QRegularExpression holder(QStringLiteral("%\\d|%n|\\{\\w+\\}"));
        const auto holders = [&](const QString &text) {
            QStringList found;
            for (auto it = holder.globalMatch(text); it.hasNext();)
                found << it.next().captured(0);
            found.sort();
            found.removeDuplicates();
            return found;
        };
        while (!xml.atEnd()) {
            xml.readNext();
            if (!xml.isStartElement())
                continue;
            if (xml.name() == QLatin1String("source")) {
                source = xml.readElementText();
                ++messages;
            } else if (xml.name() == QLatin1String("translation")) {
                QVERIFY2(xml.attributes().value(QLatin1String("type")).isEmpty(), qPrintable(source));
                const QString text = xml.readElementText(QXmlStreamReader::IncludeChildElements);
                QVERIFY2(!text.trimmed().isEmpty(), qPrintable(source));
                QCOMPARE(holders(text), holders(source));
            }
        }
        QVERIFY(!xml.hasError());
        QVERIFY(messages >= 10);
    }
};

QTEST_GUILESS_MAIN(TestTexts)
#include "tst_texts.moc"
