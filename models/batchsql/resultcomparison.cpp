// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/batchsql/resultcomparison.h"

#include <algorithm>
#include <map>

namespace zandb {
namespace {

/// The rows as text, each with the places where it stands.
using Bag = std::map<std::string, std::vector<std::size_t>>;

struct Answer
{
    Bag rows;
    std::string whole; ///< equal texts: equal answers
};

Answer answerOf(const AnsweredRows &given)
{
    Answer answer;
    for (std::size_t i = 0; i < given.rows.size(); ++i)
        answer.rows[dumpJson(given.rows[i])].push_back(i);
    answer.whole = dumpJson(Json(given.columns));
    for (const auto &[row, places] : answer.rows)
        answer.whole += '\n' + std::to_string(places.size()) + ' ' + row;
    return answer;
}

/// Places of rows of `of` that `from` has less often.
std::vector<std::size_t> lacking(const Bag &of, const Bag &from)
{
    std::vector<std::size_t> places;
    for (const auto &[row, there] : of) {
        const auto found = from.find(row);
        const std::size_t known = found == from.end() ? 0 : found->second.size();
        for (std::size_t i = known; i < there.size(); ++i)
            places.push_back(there[i]);
    }
    std::ranges::sort(places);
    return places;
}

} // namespace

RowsComparison compareAnswers(const std::vector<const AnsweredRows *> &answers)
{
    std::vector<Answer> given(answers.size());
    std::map<std::string, std::vector<std::size_t>> alike;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        if (!answers[i])
            continue;
        given[i] = answerOf(*answers[i]);
        alike[given[i].whole].push_back(i);
    }
    RowsComparison comparison;
    for (const auto &[whole, instances] : alike) {
        if (instances.size() > comparison.agreeing || (instances.size() == comparison.agreeing && instances.front() < *comparison.common)) {
            comparison.agreeing = instances.size();
            comparison.common = instances.front();
        }
    }
    for (std::size_t i = 0; i < answers.size(); ++i) {
        if (answers[i] && given[i].whole == given[*comparison.common].whole)
            continue;
        RowsDifference difference;
        difference.instance = i;
        difference.hasNoAnswer = !answers[i];
        if (answers[i]) {
            difference.otherColumns = answers[i]->columns != answers[*comparison.common]->columns;
            if (!difference.otherColumns) {
                difference.extra = answers[*comparison.common]->isCut ? std::vector<std::size_t>() : lacking(given[i].rows, given[*comparison.common].rows);
                difference.missing = answers[i]->isCut ? std::vector<std::size_t>() : lacking(given[*comparison.common].rows, given[i].rows);
            }
        }
        comparison.different.push_back(std::move(difference));
    }
    return comparison;
}

} // namespace zandb
