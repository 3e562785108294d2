// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/backups/pipeline.h"

#include <map>
#include <set>

namespace zandb::agent {

/// Follows an xbstream (mariadb-backup, xtrabackup) by its chunk headers: which files it holds and how big they are,
/// and the content of a few small ones.  Skips payload without looking at it.
class XbstreamScanner : public StreamScanner
{
public:
    /// `wanted`: names of small files whose content is kept (at most 64 KiB of each).  The first bytes of
    /// every .frm are kept too: they tell a view from a table.
    explicit XbstreamScanner(std::set<std::string> wanted) : m_wanted(std::move(wanted)) {}
    void feed(std::span<const char> bytes) override;

    /// Bytes by file name, only of files whose end mark was seen.
    const std::map<std::string, std::int64_t> &files() const { return m_closed; }
    bool isView(const std::string &frm) const { return m_views.contains(frm); }
    const std::string *content(const std::string &name) const;
    /// What is wrong with the stream; empty when it ended where it may and every file was closed.
    std::string problem() const;

private:
    void header();
    enum class State { Header, Path, Sizes, Payload, Broken };
    State m_state = State::Header;
    std::string m_head;            ///< collected bytes of the current header part
    std::size_t m_need = 14;
    char m_type = 0;
    std::string m_path;
    std::uint64_t m_left = 0;      ///< payload bytes still to come
    std::string *m_keep = nullptr; ///< where the current payload is copied to
    std::string m_frmHead;
    std::set<std::string> m_wanted;
    std::set<std::string> m_views;
    std::map<std::string, std::string> m_contents;
    std::map<std::string, std::int64_t> m_open;
    std::map<std::string, std::int64_t> m_closed;
    std::string m_problem;
};

} // namespace zandb::agent
