// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/time.h"
#include "agent/protocol/uuid.h"

#include <map>
#include <optional>
#include <set>
#include <vector>

namespace zandb::schedule {

/// Which task is due next: set and removal in O(log n), the next one in O(1).  Not thread-safe.
class DueHeap
{
public:
    /// Replaces the task's due instant; none takes it out.
    void set(const Uuid &task, std::optional<TimePoint> due)
    {
        if (const auto found = m_byTask.find(task); found != m_byTask.end()) {
            m_byDue.erase({found->second, task});
            m_byTask.erase(found);
        }
        if (due) {
            m_byTask.emplace(task, *due);
            m_byDue.emplace(*due, task);
        }
    }
    std::optional<TimePoint> next() const
    {
        return m_byDue.empty() ? std::nullopt : std::optional<TimePoint>{m_byDue.begin()->first};
    }
    /// Takes out what is due at `now`, earliest first.  The cost grows with what is due, not with the number of tasks.
    std::vector<Uuid> takeDue(TimePoint now)
    {
        std::vector<Uuid> due;
        while (!m_byDue.empty() && m_byDue.begin()->first <= now) {
            due.push_back(m_byDue.begin()->second);
            m_byTask.erase(m_byDue.begin()->second);
            m_byDue.erase(m_byDue.begin());
        }
        return due;
    }
    std::size_t size() const { return m_byDue.size(); }
    void clear()
    {
        m_byDue.clear();
        m_byTask.clear();
    }

private:
    std::set<std::pair<TimePoint, Uuid>> m_byDue;
    std::map<Uuid, TimePoint> m_byTask;
};

} // namespace zandb::schedule
