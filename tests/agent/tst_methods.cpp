// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/runtime/methods.h"
#include "agent/workflow/ordermethods.h"
#include "tests/agent/testkinds.h"

#include <QTest>

#include <stdexcept>

using namespace zandb;
using namespace zandb::agent;

namespace {

/// Keeps the one answer of a request.
class Answer final : public Responder::Sink
{
public:
    void respond(const Json &body) override { m_body = body; }
    void fail(const Error &error) override { m_error = error; }
    bool item(const Json &) override { return false; }
    bool canSendItem() const override { return false; }
    bool isOpen() const override { return true; }
    void onReady(std::function<void()>) override {}
    void onEnd(std::function<void()>) override {}

    Json m_body;
    Error m_error;
};

} // namespace

/// What becomes of a request that its handler does not like.
class TestMethods : public QObject
{
    Q_OBJECT

    static Error errorOf(const Method::Handler &handler, const Json &params = Json::object())
    {
        const auto answer = std::make_shared<Answer>();
        const Methods methods{{"m", {Role::Viewer, false, handler}}};
        callMethod(methods, {"ann", "viewer", "key"}, "m", params, Responder(answer));
        return answer->m_error;
    }

private Q_SLOTS:
    void detailsAreBounded()
    {
        const std::string much = std::string(50, '\n') + std::string(100'000, 'x');
        const Error internal = errorOf([&](const auto &...) { throw std::runtime_error(much); });
        QVERIFY(internal.is(errors::internal));
        const Error argument = errorOf([&](const auto &...) { throw std::invalid_argument(much); });
        QVERIFY(argument.is(errors::protocolBadParams));
        // the library quotes what it could not read
        const Error quoted = errorOf([&](const auto &...) { throw std::runtime_error(Json::parse('"' + std::string(100'000, 'p') + "\n").dump()); });
        QVERIFY(quoted.is(errors::protocolBadParams));
        for (const Error &error : {internal, argument, quoted}) {
            QCOMPARE(error.fields.at("method"), std::string("m"));
            const std::string &detail = error.fields.at("detail");
            QVERIFY2(!detail.empty() && detail.size() <= 200, qPrintable(QString::number(detail.size())));
            QVERIFY(detail.find('\n') == detail.npos);
        }
    }
    /// What a kind says of itself decides who may order it; a configuration's list can take away, and add what is `Listed`.
    void kindsSayWhoMayOrderThem()
    {
        const Kinds kinds = test::testKinds();
        const auto toldTo = [&](const char *role, const char *kind, std::optional<std::vector<std::string>> list, bool isVerified = false) {
            Config config;
            config.dispatcherKinds = std::move(list);
            const OrderMethods methods(config, kinds, fail(errors::internal), {});
            const auto may = methods.mayOrder({"ann", role, "key"}, kind, isVerified);
            return may ? std::string() : may.error().code;
        };
        const std::string notAllowed = "access.kind_not_allowed", isUnsigned = "access.unsigned", denied = "access.denied";
        QCOMPARE(toldTo("dispatcher", "backup", {}), std::string());
        QCOMPARE(toldTo("dispatcher", "glance", {}), notAllowed);
        QCOMPARE(toldTo("dispatcher", "restore", {}), notAllowed);
        QCOMPARE(toldTo("dispatcher", "unheard_of", {}), notAllowed);
        const std::vector<std::string> list{"glance", "restore", "unheard_of"};
        QCOMPARE(toldTo("dispatcher", "glance", list), std::string());
        QCOMPARE(toldTo("dispatcher", "backup", list), notAllowed);
        QCOMPARE(toldTo("dispatcher", "restore", list), isUnsigned);
        QCOMPARE(toldTo("dispatcher", "restore", list, true), std::string());
        QCOMPARE(toldTo("dispatcher", "unheard_of", list), isUnsigned);
        QCOMPARE(toldTo("dispatcher", "backup", std::vector<std::string>{}), notAllowed);
        QCOMPARE(toldTo("operator", "restore", list), std::string());
        QCOMPARE(toldTo("operator", "config", list), notAllowed);
        QCOMPARE(toldTo("operator", "unheard_of", {}), notAllowed);
        QCOMPARE(toldTo("admin", "config", {}), std::string());
        QCOMPARE(toldTo("viewer", "glance", {}), denied);
        QCOMPARE(toldTo("emperor", "glance", {}), denied);
    }

    void namesAreBounded()
    {
        const auto answer = std::make_shared<Answer>();
        callMethod({}, {"ann", "viewer", "key"}, std::string(100'000, 'x'), {}, Responder(answer));
        QVERIFY(answer->m_error.is(errors::protocolUnknownMethod));
        QCOMPARE(answer->m_error.fields.at("method").size(), std::size_t{100});
    }
};

QTEST_GUILESS_MAIN(TestMethods)
#include "tst_methods.moc"
