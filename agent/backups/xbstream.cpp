// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/xbstream.h"

#include <algorithm>

namespace zandb::agent {

namespace {
constexpr std::string_view magic = "XBSTCK01";
constexpr std::size_t fixedPart = 14; // magic, flags, type, length of the path
constexpr std::size_t sizesPart = 20; // payload size, offset, checksum
constexpr std::size_t maxKept = 64u << 10;
constexpr std::uint64_t maxChunk = std::uint64_t{1} << 40; // the tools write some 10 MiB at a time

std::uint64_t little(const char *bytes, int count)
{
    std::uint64_t value = 0;
    for (int i = count - 1; i >= 0; --i)
        value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}
} // namespace

void XbstreamScanner::feed(std::span<const char> bytes)
{
    while (!bytes.empty() && m_state != State::Broken) {
        if (m_state == State::Payload) {
            const std::size_t part = std::min<std::uint64_t>(m_left, bytes.size());
            if (m_keep && m_keep->size() < maxKept)
                m_keep->append(bytes.data(), std::min(part, maxKept - m_keep->size()));
            m_left -= part;
            bytes = bytes.subspan(part);
            if (m_left == 0) {
                m_state = State::Header;
                if (m_keep == &m_frmHead && m_frmHead.starts_with("TYPE=VIEW"))
                    m_views.insert(m_path);
            }
            continue;
        }
        const std::size_t part = std::min(m_need - m_head.size(), bytes.size());
        m_head.append(bytes.data(), part);
        bytes = bytes.subspan(part);
        if (m_head.size() == m_need)
            header();
    }
}

void XbstreamScanner::header()
{
    const auto broken = [&](const std::string &why) {
        m_state = State::Broken;
        m_problem = why;
    };
    const std::string head = std::exchange(m_head, {});
    m_need = fixedPart;
    if (m_state == State::Header) {
        if (!head.starts_with(magic))
            return broken("a chunk does not begin with its mark");
        m_type = head[9];
        const std::uint64_t length = little(head.data() + 10, 4);
        if (length == 0 || length > 4096)
            return broken("a chunk names a file with " + std::to_string(length) + " bytes");
        if (m_type != 'P' && m_type != 'E')
            return broken(std::string("a chunk of unknown type ") + m_type);
        m_state = State::Path;
        m_need = length;
    } else if (m_state == State::Path) {
        m_path = head.starts_with("./") ? head.substr(2) : head;
        if (m_type == 'P') {
            m_state = State::Sizes;
            m_need = sizesPart;
            return;
        }
        m_state = State::Header;
        auto open = m_open.extract(m_path);
        m_closed[m_path] += open ? open.mapped() : 0;
    } else {
        m_left = little(head.data(), 8);
        if (m_left > maxChunk)
            return broken("a chunk of " + std::to_string(m_left) + " bytes");
        m_open[m_path] += static_cast<std::int64_t>(m_left);
        m_keep = m_wanted.contains(m_path) ? &m_contents[m_path] : nullptr;
        if (!m_keep && m_path.ends_with(".frm")) {
            m_frmHead.clear();
            m_keep = &m_frmHead;
        }
        m_state = m_left > 0 ? State::Payload : State::Header;
    }
}

const std::string *XbstreamScanner::content(const std::string &name) const
{
    const auto it = m_contents.find(name);
    return it == m_contents.end() ? nullptr : &it->second;
}

std::string XbstreamScanner::problem() const
{
    if (!m_problem.empty())
        return m_problem;
    if (m_state != State::Header || !m_head.empty())
        return "ends within a chunk";
    if (!m_open.empty())
        return "ends before the end of " + m_open.begin()->first;
    return m_closed.empty() ? "holds no file" : "";
}

} // namespace zandb::agent
