// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/alerts/program.h"

#include "agent/protocol/printable.h"
#include "app/platform/channelerrors.h"
#include "models/alerts/messagetext.h"

#include <QDeadlineTimer>
#include <QProcess>

namespace zandb::alerts {

ChannelAnswer runProgram(const std::filesystem::path &program, const std::string &input, std::chrono::seconds timeout, const std::stop_token &stop)
{
    const auto failed = [&](const std::string &detail, int status, std::string said) {
        return ChannelAnswer{makeError(errors::programFailed, {{"program", program.string()}, {"detail", detail}}), status, std::move(said), {}};
    };
    QProcess process;
    QProcessEnvironment environment;
    for (const char *name : {"PATH", "HOME", "LANG"}) {
        if (qEnvironmentVariableIsSet(name))
            environment.insert(QString::fromLatin1(name), qEnvironmentVariable(name));
    }
    process.setProcessEnvironment(environment);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(QString::fromStdString(program.string()), QStringList());
    if (!process.waitForStarted(5'000))
        return failed(process.errorString().toStdString(), 0, {});
    process.write(input.data(), static_cast<qint64>(input.size()));
    process.closeWriteChannel();
    std::string said;
    const auto take = [&] {
        const QByteArray more = process.readAll();
        said.append(more.constData(), std::min<std::size_t>(static_cast<std::size_t>(more.size()), 4096 - std::min<std::size_t>(4096, said.size())));
    };
    const QDeadlineTimer until(timeout);
    while (process.state() != QProcess::NotRunning && !until.hasExpired() && !stop.stop_requested()) {
        process.waitForFinished(100);
        take();
    }
    const bool ran = process.state() == QProcess::NotRunning;
    if (!ran) {
        process.kill();
        process.waitForFinished(5'000);
    }
    take();
    said = cutText(printable(said), 500);
    if (!ran && stop.stop_requested())
        return {makeError(errors::cancelled), 0, said, {}};
    if (!ran)
        return failed("it ran longer than " + std::to_string(timeout.count()) + " s and was ended", 0, said);
    if (process.exitStatus() != QProcess::NormalExit)
        return failed("it crashed", 0, said);
    if (process.exitCode() != 0)
        return failed("exit status " + std::to_string(process.exitCode()) + (said.empty() ? "" : ": " + said), process.exitCode(), said);
    return {{}, 0, said, {}};
}

} // namespace zandb::alerts
