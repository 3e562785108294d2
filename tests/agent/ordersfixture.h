// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/os/sha256.h"
#include "agent/workflow/orders.h"
#include "tests/agent/testkinds.h"

#include <QCoreApplication>
#include <QTemporaryDir>
#include <QTest>

#include <fstream>

namespace zandb::test {

using namespace zandb::agent;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// An order book of its own with real workers (zandb-testagent), looked after by hand.
struct OrdersFixture
{
    QTemporaryDir m_dir;
    fs::path m_root;
    Config m_config;
    OrderOptions m_options;
    std::unique_ptr<OrderBook> m_book;
    wire::Fence m_fence;

    void open()
    {
        auto book = OrderBook::open(m_config, m_options);
        QVERIFY2(book, book ? "" : describe(book.error()).c_str());
        m_book = std::move(*book);
    }
    void reopen()
    {
        m_book.reset();
        open();
    }

    wire::Order order(const Json &args = Json::object(), const std::string &kind = "sample") const
    {
        wire::Order result;
        result.key = {Uuid::v7(), 1, 1};
        result.fence = m_fence;
        result.kind = kind;
        result.args = args;
        result.argsSha256 = Sha256::of(dumpJson(args));
        return result;
    }

    std::string submitError(const wire::Order &o)
    {
        const auto status = m_book->submit(o);
        return status ? std::string() : status.error().code;
    }

    wire::OrderStatus ended(const wire::OrderKey &key)
    {
        (void)QTest::qWaitFor([&] {
            m_book->tick();
            return m_book->status(key).state == "finished";
        }, 15'000);
        return m_book->status(key);
    }

    fs::path directory(const wire::OrderKey &key) const
    {
        return m_config.stateDirectory / "work" / (key.runId.toString() + ".1.1");
    }

    pid_t workerOf(const wire::OrderKey &key) const
    {
        pid_t pid = 0;
        (void)QTest::qWaitFor([&] {
            const auto text = readFile(directory(key) / "pid", 1000);
            const auto json = text ? parseJson(*text) : Result<Json>(fail(text.error()));
            if (json)
                pid = json->value("pid", 0);
            return pid > 0;
        }, 5000);
        return pid;
    }

    int lines(const fs::path &file) const
    {
        std::ifstream in(file);
        int count = 0;
        for (std::string line; std::getline(in, line);)
            ++count;
        return count;
    }

    void setUp()
    {
        QVERIFY(m_dir.isValid());
        m_root = fs::path(m_dir.path().toStdString()) / Uuid::v7().toString();
        fs::create_directories(m_root / "base");
        m_config = {};
        m_config.file = m_root / "agent.toml";
        m_config.stateDirectory = m_root / "state";
        m_config.maxWorkers = 2;
        m_config.nice = 7;
        std::ofstream(m_config.file) << "[agent]\nhost = \"t\"\nbase = \"" << (m_root / "base").string()
                                     << "\"\nstate_directory = \"" << m_config.stateDirectory.string()
                                     << "\"\nsocket = \"" << (m_root / "s").string() << "\"\nauthorized_keys = \""
                                     << (m_root / "keys").string() << "\"\n";
        QVERIFY(loadConfig(m_config.file));
        m_options = {};
        m_options.kinds = testKinds();
        m_options.workerProgram = fs::path(QCoreApplication::applicationDirPath().toStdString()) / "zandb-testagent";
        m_options.cancelGrace = 400ms;
        m_fence = {Uuid::v7(), Uuid::v7(), 5};
        open();
    }
    void endAll()
    {
        for (const wire::OrderKey &key : m_book ? m_book->openKeys() : std::vector<wire::OrderKey>{}) {
            (void)m_book->cancel(key, m_fence);
            ended(key);
        }
        m_book.reset();
    }
};

} // namespace zandb::test
