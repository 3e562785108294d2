// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"
#include "tests/places.h"

#include <QProcess>
#include <QStandardPaths>
#include <QStringList>

#include <cmath>
#include <map>

namespace zandb::test {

struct Ran
{
    int status = -1;
    QByteArray out;
    QByteArray error;
};

inline Ran run(const QString &program, const QStringList &arguments, const QByteArray &input = {}, const QString &directory = {})
{
    QProcess process;
    process.setWorkingDirectory(directory);
    process.start(program, arguments);
    process.write(input);
    process.closeWriteChannel();
    Ran ran;
    if (!process.waitForFinished(300'000)) {
        process.kill();
        process.waitForFinished();
        ran.error = "did not end in time";
        return ran;
    }
    ran.status = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    ran.out = process.readAllStandardOutput();
    ran.error = process.readAllStandardError();
    return ran;
}

inline Ran runDigest(const QStringList &arguments, const QByteArray &input = {})
{
    return run(QStringLiteral(ZANDB_BINARY_DIR "/bin/zandb-agent"), QStringList{QStringLiteral("digest")} + arguments, input);
}

/// The report of zandb-agent digest; null with what went wrong in *error.
inline Json digestOf(const QStringList &arguments, QString *error = nullptr, const QByteArray &input = {})
{
    const Ran ran = runDigest(QStringList{QStringLiteral("--format"), QStringLiteral("json")} + arguments, input);
    const auto json = parseJson(ran.out.toStdString());
    if (ran.status != 0 || !json) {
        if (error)
            *error = QStringLiteral("status %1: %2").arg(ran.status).arg(QString::fromUtf8(ran.error));
        return nullptr;
    }
    return *json;
}

inline QString ptQueryDigest() { return QStandardPaths::findExecutable(QStringLiteral("pt-query-digest")); }

/// Where the digest of a log differs from what pt-query-digest says of it; empty: nowhere.  Counts, sums, least and most are compared of every class.
inline QStringList differencesToPt(const QString &log, bool *ptFailed = nullptr)
{
    QString error;
    const Json ours = digestOf({log}, &error);
    if (ours.is_null())
        return {error};
    const Ran pt = run(ptQueryDigest(), {QStringLiteral("--no-version-check"), QStringLiteral("--output"), QStringLiteral("json"), QStringLiteral("--limit"),
                                         QStringLiteral("100%:1000000"), log});
    const auto theirs = parseJson(pt.out.trimmed().isEmpty() ? "{}" : pt.out.toStdString());
    if (!theirs || pt.error.contains("caused an error")) {
        if (ptFailed)
            *ptFailed = true;
        return {QStringLiteral("pt-query-digest fails: ") + QString::fromUtf8(pt.error.left(300))};
    }
    std::map<std::string, Json> mine, his;
    for (const Json &one : ours.at("classes"))
        mine[one.at("checksum").get<std::string>()] = one;
    for (const Json &one : theirs->value("classes", Json::array()))
        his[one.at("checksum").get<std::string>()] = one;
    QStringList found;
    for (const auto &[checksum, one] : his) {
        if (!mine.contains(checksum))
            found << QStringLiteral("only pt-query-digest has %1").arg(QString::fromStdString(one.at("fingerprint").get<std::string>()));
    }
    for (const auto &[checksum, one] : mine) {
        const QString name = QString::fromStdString(one.at("fingerprint").get<std::string>());
        const auto other = his.find(checksum);
        if (other == his.end()) {
            found << QStringLiteral("only we have %1").arg(name);
            continue;
        }
        if (one.at("query_count").get<std::int64_t>() != other->second.at("query_count").get<std::int64_t>())
            found << QStringLiteral("another count of %1").arg(name);
        const Json &metrics = other->second.at("metrics");
        for (const auto &[column, attribute] : {std::pair("query_time", "Query_time"), std::pair("lock_time", "Lock_time"), std::pair("rows_sent", "Rows_sent"),
                                                std::pair("rows_examined", "Rows_examined"), std::pair("bytes_sent", "Bytes_sent")}) {
            // it prints zeros where other classes have the column and none of this class's events has it
            const bool hasIt = metrics.contains(attribute) && !(one.at(column).is_null() && std::stod(metrics.at(attribute).value("sum", "0")) == 0);
            if (one.at(column).is_null() != !hasIt) {
                found << QStringLiteral("%1 only on one side, of %2").arg(QString::fromUtf8(column), name);
                continue;
            }
            if (one.at(column).is_null())
                continue;
            for (const char *figure : {"sum", "min", "max"}) {
                const double a = one.at(column).at(figure).get<double>();
                const double b = std::stod(metrics.at(attribute).at(figure).get<std::string>());
                if (std::abs(a - b) > 1e-6 * std::abs(a) + 2e-6) // it prints six decimals
                    found << QStringLiteral("%1.%2 is %3, not %4, of %5").arg(QString::fromUtf8(column), QString::fromUtf8(figure)).arg(a).arg(b).arg(name);
            }
        }
    }
    return found;
}

} // namespace zandb::test
