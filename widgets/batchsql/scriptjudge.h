// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/batchsql/judgedscript.h"

#include <QObject>

#include <functional>
#include <memory>

namespace zandb {

/// Lets the guard judge the script of one editor on another thread.  Of several scripts that come while one is being judged only the newest is taken.
class ScriptJudge final : public QObject
{
    Q_OBJECT
public:
    explicit ScriptJudge(QObject *parent = nullptr);
    ~ScriptJudge() override;
    /// The answer comes as judged(), and to `then` when it is given, which is not left out for a newer script.
    void judge(const QByteArray &script, const std::string &schema, std::function<void(const std::shared_ptr<const JudgedScript> &)> then = {});

Q_SIGNALS:
    void judged(const std::shared_ptr<const zandb::JudgedScript> &script);

private:
    struct Wanted
    {
        QByteArray script;
        std::string schema;
        std::vector<std::function<void(const std::shared_ptr<const JudgedScript> &)>> then;
    };
    void start();

    std::shared_ptr<GuardCache> m_cache = std::make_shared<GuardCache>();
    std::optional<Wanted> m_next;
    bool m_busy = false;
};

} // namespace zandb
