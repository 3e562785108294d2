// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/fleet/zabbixclient.h"

#include "agent/protocol/printable.h"
#include "app/platform/channelerrors.h"

#include <algorithm>
#include <charconv>

namespace zandb::fleet {
namespace {

constexpr int mostHosts = 100;
/// A host with all items of a template for Linux answers some 20 kB; one with thousands of file systems still fits.
constexpr std::size_t mostBytes = 4u << 20;

/// Whether a version is at least that one; what is no version is not.
bool isAtLeast(std::string_view version, int major, int minor)
{
    int parts[2] = {0, 0};
    for (int &part : parts) {
        const auto [end, code] = std::from_chars(version.data(), version.data() + version.size(), part);
        if (code != std::errc())
            return false;
        version.remove_prefix(static_cast<std::size_t>(end - version.data()));
        if (!version.empty())
            version.remove_prefix(1);
    }
    return std::pair(parts[0], parts[1]) >= std::pair(major, minor);
}

} // namespace

ZabbixClient::ZabbixClient(const ZabbixSettings &settings, std::string token, std::stop_token stop) : m_url(settings.url), m_token(std::move(token))
{
    constexpr std::string_view script = "api_jsonrpc.php";
    if (!m_url.ends_with(script))
        m_url += (m_url.ends_with('/') ? "" : "/") + std::string(script);
    m_options.proxy = settings.proxy;
    m_options.tlsCa = settings.tlsCa;
    m_options.timeout = settings.timeout;
    m_options.stop = std::move(stop);
    m_options.mostBytes = mostBytes;
}

Result<Json> ZabbixClient::call(const std::string &method, const Json &params, bool withToken)
{
    const std::string host = http::hostOf(m_url);
    Json body{{"jsonrpc", "2.0"}, {"method", method}, {"params", params}, {"id", 1}};
    http::Request request;
    request.url = m_url;
    request.headers = {"Content-Type: application/json-rpc"};
    if (withToken) {
        if (const auto known = version(); !known)
            return fail(known.error());
        if (isAtLeast(m_version, 6, 4))
            request.headers.push_back("Authorization: Bearer " + m_token);
        else
            body["auth"] = m_token;
    }
    request.body = dumpJson(body);
    const auto reply = http::send(request, m_options);
    if (!reply)
        return fail(reply.error());
    const auto nonsense = [&](const std::string &detail) { return fail(errors::zabbixNonsense, {{"host", host}, {"detail", detail}}); };
    if (reply->status != 200)
        return nonsense("HTTP status " + std::to_string(reply->status));
    if (reply->body.size() >= mostBytes)
        return nonsense("the answer has more than " + std::to_string(mostBytes >> 20) + " MiB");
    const auto json = parseJson(reply->body);
    if (!json || !json->is_object())
        return nonsense("the answer is no JSON");
    if (const auto error = json->find("error"); error != json->end() && error->is_object()) {
        std::string said = (textIn(*error, "message") + ' ' + textIn(*error, "data")).substr(0, 300);
        while (said.ends_with('.') || said.ends_with(' ')) // the sentence around it has its own
            said.pop_back();
        return fail(errors::zabbixRefused, {{"host", host}, {"detail", printable(said)}});
    }
    const auto result = json->find("result");
    if (result == json->end())
        return nonsense("the answer has no result");
    return *result;
}

Result<std::string> ZabbixClient::version()
{
    if (m_version.empty()) {
        const auto said = call("apiinfo.version", Json::array(), false);
        if (!said)
            return fail(said.error());
        if (!said->is_string() || !isAtLeast(said->get<std::string>(), 1, 0))
            return fail(errors::zabbixNonsense, {{"host", http::hostOf(m_url)}, {"detail", "it does not say its version"}});
        m_version = said->get<std::string>().substr(0, 32);
    }
    return m_version;
}

Result<std::vector<ZabbixHost>> ZabbixClient::findHosts(const std::string &name, const std::string &address)
{
    const Json output = Json::array({"hostid", "host", "name"});
    std::map<std::string, ZabbixHost> hosts;
    const auto take = [&](const Json &rows) -> Result<void> {
        if (!rows.is_array())
            return fail(errors::zabbixNonsense, {{"host", http::hostOf(m_url)}, {"detail", "hosts are no list"}});
        for (const Json &row : rows) {
            if (!row.is_object() || textIn(row, "hostid").empty())
                continue;
            ZabbixHost host{textIn(row, "hostid").substr(0, 20), textIn(row, "host").substr(0, 255), textIn(row, "name").substr(0, 255), {}};
            if (const auto interfaces = row.find("interfaces"); interfaces != row.end() && interfaces->is_array()) {
                for (const Json &one : *interfaces) {
                    for (const char *key : {"ip", "dns"}) {
                        std::string at = one.is_object() ? textIn(one, key).substr(0, 255) : std::string();
                        if (!at.empty() && std::ranges::find(host.addresses, at) == host.addresses.end())
                            host.addresses.push_back(std::move(at));
                    }
                }
            }
            hosts.emplace(host.id, std::move(host));
        }
        return {};
    };
    const auto ask = [&](Json params) -> Result<void> {
        params["output"] = output;
        params["selectInterfaces"] = Json::array({"ip", "dns"});
        params["limit"] = mostHosts;
        const auto rows = call("host.get", params);
        return rows ? take(*rows) : fail(rows.error());
    };
    if (auto done = ask({{"filter", {{"host", Json::array({name})}, {"name", Json::array({name})}}}, {"searchByAny", true}}); !done)
        return fail(done.error());
    for (const char *key : {"ip", "dns"}) {
        const auto interfaces = call("hostinterface.get", {{"output", Json::array({"hostid"})}, {"filter", {{key, Json::array({address})}}}, {"limit", mostHosts}});
        if (!interfaces)
            return fail(interfaces.error());
        Json ids = Json::array();
        for (const Json &one : *interfaces) {
            if (one.is_object() && !textIn(one, "hostid").empty())
                ids.push_back(textIn(one, "hostid"));
        }
        if (ids.empty())
            continue;
        if (auto done = ask({{"hostids", std::move(ids)}}); !done)
            return fail(done.error());
    }
    std::vector<ZabbixHost> found;
    for (auto &[id, host] : hosts)
        found.push_back(std::move(host));
    std::ranges::sort(found, {}, [](const ZabbixHost &host) { return std::pair(host.name, host.id); });
    return found;
}

Result<ZabbixFacts> ZabbixClient::facts(const std::string &hostId)
{
    const auto items = call("item.get", {{"hostids", Json::array({hostId})},
                                         {"output", Json::array({"key_", "lastvalue", "lastclock", "status"})},
                                         {"search", {{"key_", Json::array({"vm.memory.size", "system.cpu.num", "vfs.fs.size", "vfs.fs.dependent.size"})}}},
                                         {"searchByAny", true},
                                         {"startSearch", true}});
    if (!items)
        return fail(items.error());
    if (!items->is_array())
        return fail(errors::zabbixNonsense, {{"host", http::hostOf(m_url)}, {"detail", "items are no list"}});
    return zabbixFactsOf(*items);
}

void askZabbix(ZabbixClient &client, ZabbixRecord &record)
{
    record.error.reset();
    const auto failed = [&](const Error &error) {
        record.state = "failed";
        record.error = error;
    };
    auto hosts = client.findHosts(record.name, record.address);
    if (!hosts)
        return failed(hosts.error());
    record.matches = std::move(*hosts);
    const auto chosen = std::ranges::find(record.matches, record.chosen, &ZabbixHost::id);
    const ZabbixHost *match = chosen != record.matches.end() ? &*chosen : zabbixMatch(record.matches, record.name, record.address);
    std::string id = match ? match->id : record.chosen; // a person may have chosen one that has neither name nor address
    if (id.empty()) {
        record.state = record.matches.empty() ? "none" : "several";
        record.facts.reset();
        return;
    }
    auto facts = client.facts(id);
    if (!facts)
        return failed(facts.error());
    record.state = "found";
    record.facts = std::move(*facts);
}

} // namespace zandb::fleet
