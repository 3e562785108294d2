// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/slowlog/plan.h"

#include "models/slowlog/orderedjson.h"

#include <algorithm>
#include <set>
#include <utility>

namespace zandb {
namespace {

constexpr int deepestPlan = 200;
constexpr std::size_t mostValues = 200'000;
constexpr int mostNodes = 5'000;

void mark(PlanNode &node, PlanMark mark)
{
    if (std::ranges::find(node.marks, mark) == node.marks.end())
        node.marks.push_back(mark);
}

void markScan(PlanNode &node)
{
    if (node.rows.value_or(0) < planManyRows)
        return;
    if (node.access == "ALL")
        mark(node, PlanMark::FullScan);
    else if (node.access == "index")
        mark(node, PlanMark::FullIndexScan);
}

/// What both readers share: a limit on nodes.
class Reader
{
protected:
    bool room() { return ++m_nodes <= mostNodes; }
    bool isFull() const { return m_nodes > mostNodes; }

private:
    int m_nodes = 0;
};

/// MariaDB's form and version 1 of MySQL's: objects whose names say what they are.
class BlockReader final : Reader
{
public:
    std::optional<PlanNode> read(const OrderedJson &json)
    {
        const OrderedJson *block = json.object("query_block");
        if (!block)
            return std::nullopt;
        PlanNode root = node("select");
        readInside(*block, root, 1);
        return isFull() ? std::nullopt : std::optional(std::move(root));
    }

private:
    static PlanNode node(const char *kind, std::string text = {})
    {
        PlanNode made;
        made.kind = kind;
        made.text = std::move(text);
        return made;
    }

    /// Adds what the object holds to `into`.  `before`: rows that each table in it is looked at for.  Returns the rows that come out of it.
    double readInside(const OrderedJson &object, PlanNode &into, double before)
    {
        double rows = before;
        for (std::size_t i = 0; i < object.names.size() && !isFull(); ++i) {
            const std::string &name = object.names[i];
            const OrderedJson &value = object.items[i];
            if (value.isObject())
                rows = readMember(name, value, into, rows);
            else if (value.isArray())
                rows = readList(name, value, into, rows);
            else if (name == "message" && room())
                into.children.push_back(node("message", object.textIn(name)));
        }
        return rows;
    }

    double readMember(std::string_view name, const OrderedJson &value, PlanNode &into, double before)
    {
        if (name == "table")
            return readTable(value, into, before);
        if (name == "block-nl-join" || name == "read_sorted_file" || name == "range-checked-for-each-record" || name == "duplicates_removal" || name == "duplicate_removal"
            || name == "window_functions_computation" || name == "buffer_result")
            return readWrapped(name, value, into, before);
        if (name == "query_block")
            return readChild(node("select"), value, into);
        if (name == "ordering_operation" || name == "filesort" || name == "sort")
            return readSorting(node("sort", value.textIn("sort_key")), value, into, before, name != "ordering_operation");
        if (name == "grouping_operation" || name == "group")
            return readSorting(node("group"), value, into, before, false);
        if (name == "temporary_table")
            return readSorting(node("temporary"), value, into, before, false);
        if (name == "windowing" || name == "window")
            return readSorting(node("window"), value, into, before, false);
        if (name == "materialized" || name == "materialization" || name == "materialized_from_subquery")
            return readChild(node("materialized"), value, into), before;
        if (name == "union_result" || name == "recursive_union" || name == "intersect_result" || name == "except_result" || name == "unary_result" || name == "insert_from")
            return readChild(node("union", value.textIn("table_name")), value, into);
        if (name == "having" || name == "cost_info" || name == "r_engine_stats" || name == "optimization")
            return before;
        return readInside(value, into, before);
    }

    double readList(std::string_view name, const OrderedJson &list, PlanNode &into, double before)
    {
        const bool joins = name == "nested_loop";
        const bool below = name.find("subqueries") != name.npos;
        if (!joins && !below && name != "query_specifications" && name != "windows" && name != "functions" && name != "sorts" && name != "filesort")
            return before;
        if (!room())
            return before;
        PlanNode own = joins && list.items.size() > 1 ? node("join") : below ? node("subquery") : PlanNode();
        PlanNode &target = own.kind.empty() ? into : own;
        double rows = before;
        const double prefix = m_prefix;
        m_prefix = 0;
        for (const OrderedJson &one : list.items) {
            if (!one.isObject())
                continue;
            const double after = readInside(one, target, joins ? rows : 1);
            rows = joins ? after : rows;
        }
        m_prefix = prefix;
        if (!own.kind.empty()) {
            if (joins)
                own.produced = rows;
            into.children.push_back(std::move(own));
        }
        return joins ? rows : before;
    }

    /// One more node around what is inside.
    double readChild(PlanNode child, const OrderedJson &value, PlanNode &into)
    {
        if (!room())
            return 1;
        if (child.kind == "materialized" || (child.kind == "union" && value.isTrue("using_temporary_table")))
            mark(child, PlanMark::Temporary);
        const double rows = readInside(value, child, 1);
        into.children.push_back(std::move(child));
        return rows;
    }

    double readSorting(PlanNode child, const OrderedJson &value, PlanNode &into, double before, bool sorts)
    {
        if (!room())
            return before;
        if (sorts || value.isTrue("using_filesort"))
            mark(child, PlanMark::Filesort);
        if (child.kind == "temporary" || value.isTrue("using_temporary_table"))
            mark(child, PlanMark::Temporary);
        if (const OrderedJson *cost = value.object("cost_info"))
            child.cost = cost->numberIn("sort_cost");
        const double rows = readInside(value, child, before);
        into.children.push_back(std::move(child));
        return rows;
    }

    /// MariaDB puts a table that is joined through a buffer, or sorted first, into an object around it.
    double readWrapped(std::string_view name, const OrderedJson &value, PlanNode &into, double before)
    {
        const std::size_t at = into.children.size();
        double rows = readInside(value, into, before);
        if (name == "block-nl-join" && into.children.size() > at) {
            PlanNode &table = into.children[at];
            const std::string condition = value.textIn("attached_condition");
            if (!condition.empty())
                table.condition = condition;
            const std::string type = value.textIn("join_type");
            table.text = type.empty() ? std::string("join buffer") : "join buffer " + type;
            if (type.find('H') != type.npos) // by hash: only rows with the same value are compared
                std::erase(table.marks, PlanMark::RowProduct);
        }
        return rows;
    }

    double readTable(const OrderedJson &value, PlanNode &into, double before)
    {
        if (!room())
            return before;
        PlanNode table = node("table");
        if (const std::string message = value.textIn("message"); !message.empty()) {
            into.children.push_back(node("message", message));
            return before;
        }
        table.table = value.textIn("table_name");
        table.access = value.textIn("access_type");
        table.key = value.textIn("key");
        table.possibleKeys = value.textsIn("possible_keys");
        table.condition = value.textIn("attached_condition");
        if (table.condition.empty())
            table.condition = value.textIn("index_condition");
        table.filtered = value.numberIn("filtered");
        table.text = value.textIn("using_join_buffer");
        table.rows = value.numberIn("rows_examined_per_scan");
        if (!table.rows)
            table.rows = value.numberIn("rows");
        table.produced = value.numberIn("rows_produced_per_join");
        if (!table.produced && table.rows)
            table.produced = before * *table.rows * table.filtered.value_or(100) / 100;
        if (const OrderedJson *cost = value.object("cost_info")) {
            const auto read = cost->numberIn("read_cost"), eval = cost->numberIn("eval_cost"), prefix = cost->numberIn("prefix_cost");
            if (read || eval || prefix) // of a join by hash most stands in the sum only
                table.cost = std::max(read.value_or(0) + eval.value_or(0), prefix.value_or(0) - m_prefix);
            m_prefix = prefix.value_or(m_prefix);
        }
        markScan(table);
        const bool hashed = table.text.find("hash") != std::string::npos;
        const double pairs = hashed ? table.produced.value_or(0) : before * table.rows.value_or(0);
        if (before > 1 && pairs >= planManyPairs)
            mark(table, PlanMark::RowProduct);
        const double prefix = std::exchange(m_prefix, 0);
        readInside(value, table, 1);
        m_prefix = prefix;
        const double rows = table.produced.value_or(before);
        into.children.push_back(std::move(table));
        return std::max(1.0, rows);
    }

    double m_prefix = 0; ///< cost of the join's tables so far
};

/// Version 2 of MySQL's form: a tree of iterators.
class IteratorReader final : Reader
{
public:
    std::optional<PlanNode> read(const OrderedJson &json)
    {
        const OrderedJson *plan = json.object("query_plan");
        if (!plan)
            return std::nullopt;
        PlanNode root;
        root.kind = "select";
        readIterator(*plan, root, 1);
        return isFull() ? std::nullopt : std::optional(std::move(root));
    }

private:
    static std::string kindOf(const OrderedJson &value, const std::string &access)
    {
        if (access == "table" || access == "index" || access == "scan_new_records" || access == "full_text_search" || access == "index_merge")
            return "table";
        if (access == "join" || access == "sort" || access == "filter" || access == "limit" || access == "window")
            return access;
        if (access == "aggregate" || access == "group" || access == "temp_table_aggregate")
            return "group";
        if (access == "materialize")
            return value.isTrue("union") ? "union" : "materialized";
        if (access == "append" || access == "union")
            return "union";
        if (access == "zero_rows" || access == "rows_fetched_before_execution" || access == "constant_row")
            return "message";
        return "other";
    }

    /// As EXPLAIN's table calls it.
    static std::string accessOf(const OrderedJson &value, const std::string &access, const std::string &operation)
    {
        if (access == "table")
            return "ALL";
        if (access != "index")
            return access;
        const std::string how = value.textIn("index_access_type");
        if (how == "index_scan")
            return "index";
        if (how == "index_range_scan")
            return "range";
        if (how == "index_lookup")
            return operation.starts_with("Single-row") ? "eq_ref" : operation.starts_with("Constant row") ? "const" : "ref";
        return how.empty() ? access : how;
    }

    static const std::vector<OrderedJson> &inputsOf(const OrderedJson &value)
    {
        static const std::vector<OrderedJson> none;
        const OrderedJson *inputs = value.find("inputs");
        return inputs && inputs->isArray() ? inputs->items : none;
    }

    /// `loops`: how often it is run.
    void readIterator(const OrderedJson &value, PlanNode &into, double loops)
    {
        if (!room())
            return;
        const std::string access = value.textIn("access_type");
        if (access == "materialize")
            loops = 1; // however often its rows are read
        PlanNode child;
        child.text = value.textIn("operation");
        if (child.text.empty())
            child.text = value.textIn("heading");
        child.kind = value.isTrue("subquery") ? "subquery" : kindOf(value, access);
        child.condition = value.textIn("condition");
        const auto rows = value.numberIn("estimated_rows");
        const auto total = value.numberIn("estimated_total_cost");
        if (rows)
            child.produced = *rows * loops;
        if (child.kind == "table") {
            child.table = value.textIn("alias");
            if (child.table.empty())
                child.table = value.textIn("table_name");
            child.access = accessOf(value, access, child.text);
            child.key = value.textIn("index_name");
            child.rows = rows;
            if (child.condition.empty())
                child.condition = value.textIn("lookup_condition");
            markScan(child);
        }
        if (child.kind == "sort")
            mark(child, PlanMark::Filesort);
        if (access == "temp_table_aggregate" || access == "materialize")
            mark(child, PlanMark::Temporary);
        double below = 0, perLoop = 1;
        const bool nested = child.kind == "join" && value.textIn("join_algorithm") == "nested_loop";
        const std::vector<OrderedJson> &inputs = inputsOf(value);
        for (std::size_t i = 0; i < inputs.size() && !isFull(); ++i) {
            const OrderedJson &one = inputs[i];
            if (!one.isObject())
                continue;
            readIterator(one, child, loops * perLoop);
            const auto cost = one.numberIn("estimated_total_cost");
            below += cost.value_or(0) * perLoop;
            if (!nested)
                continue;
            const auto given = one.numberIn("estimated_rows");
            if (i > 0 && perLoop > 1 && loops * perLoop * scannedIn(one) >= planManyPairs)
                mark(child, PlanMark::RowProduct);
            perLoop = std::max(1.0, perLoop * given.value_or(1));
        }
        if (child.kind == "join" && !nested && loops * rows.value_or(0) >= planManyPairs)
            mark(child, PlanMark::RowProduct);
        if (total)
            child.cost = std::max(0.0, *total - below) * loops;
        into.children.push_back(std::move(child));
    }

    /// Rows that one pass of it reads from its table: below filters stands what is read.
    static double scannedIn(const OrderedJson &value)
    {
        const OrderedJson *at = &value;
        while (inputsOf(*at).size() == 1 && inputsOf(*at).front().isObject() && at->textIn("access_type") == "filter")
            at = &inputsOf(*at).front();
        return at->numberIn("estimated_rows").value_or(0);
    }
};

void sumCosts(const PlanNode &node, double &sum, int &nodes)
{
    if (node.cost && *node.cost > 0) {
        sum += *node.cost;
        ++nodes;
    }
    for (const PlanNode &child : node.children)
        sumCosts(child, sum, nodes);
}

void shareCosts(PlanNode &node, double sum, bool marks)
{
    if (node.cost && sum > 0) {
        node.share = std::min(1.0, *node.cost / sum);
        if (marks && *node.share >= planCostShare)
            mark(node, PlanMark::CostShare);
    }
    for (PlanNode &child : node.children)
        shareCosts(child, sum, marks);
}

Json numberJson(const std::optional<double> &value) { return value ? Json(*value) : Json(); }

Json nodeJson(const PlanNode &node)
{
    Json marks = Json::array(), children = Json::array();
    for (const PlanMark mark : node.marks)
        marks.push_back(toString(mark));
    for (const PlanNode &child : node.children)
        children.push_back(nodeJson(child));
    const auto text = [](const std::string &value) { return value.empty() ? Json() : Json(value); };
    return {{"kind", node.kind}, {"text", text(node.text)}, {"table", text(node.table)}, {"access", text(node.access)}, {"key", text(node.key)}, {"possible_keys", node.possibleKeys},
            {"condition", text(node.condition)}, {"rows", numberJson(node.rows)}, {"rows_produced", numberJson(node.produced)}, {"filtered", numberJson(node.filtered)},
            {"cost", numberJson(node.cost)}, {"cost_share", numberJson(node.share)}, {"marks", marks}, {"children", children}};
}

} // namespace

std::string_view toString(PlanMark mark)
{
    switch (mark) {
    case PlanMark::FullScan:
        return "full_scan";
    case PlanMark::FullIndexScan:
        return "full_index_scan";
    case PlanMark::Filesort:
        return "filesort";
    case PlanMark::Temporary:
        return "temporary";
    case PlanMark::CostShare:
        return "cost_share";
    case PlanMark::RowProduct:
        break;
    }
    return "row_product";
}

std::optional<Plan> planOf(std::string_view json, std::string_view flavour)
{
    const auto parsed = OrderedJson::parse(json, deepestPlan, mostValues);
    if (!parsed)
        return std::nullopt;
    Plan plan;
    std::optional<PlanNode> root;
    if (const OrderedJson *iterators = parsed->object("query_plan")) {
        plan.format = "mysql-2";
        plan.cost = iterators->numberIn("estimated_total_cost");
        root = IteratorReader().read(*parsed);
    } else if (const OrderedJson *block = parsed->object("query_block")) {
        plan.format = flavour == "mariadb" ? "mariadb" : "mysql-1";
        const OrderedJson *cost = block->object("cost_info");
        plan.cost = cost ? cost->numberIn("query_cost") : block->numberIn("cost");
        root = BlockReader().read(*parsed);
    }
    if (!root)
        return std::nullopt;
    plan.root = std::move(*root);
    double sum = 0;
    int nodes = 0;
    sumCosts(plan.root, sum, nodes);
    shareCosts(plan.root, std::max(sum, plan.cost.value_or(0)), nodes > 1);
    return plan;
}

int markedNodes(const PlanNode &node)
{
    int count = node.marks.empty() ? 0 : 1;
    for (const PlanNode &child : node.children)
        count += markedNodes(child);
    return count;
}

std::vector<std::pair<std::string, std::string>> usedIndexes(const wire::Explained &explained)
{
    const auto place = [&](std::string_view name) { return static_cast<std::size_t>(std::ranges::find(explained.columns, name) - explained.columns.begin()); };
    const std::size_t table = place("table"), key = place("key");
    std::set<std::pair<std::string, std::string>> used;
    for (const auto &row : explained.rows) {
        if (table >= row.size() || key >= row.size() || !row[table] || !row[key])
            continue;
        // several after an index merge
        std::string_view keys = *row[key];
        while (!keys.empty()) {
            const auto comma = std::min(keys.find(','), keys.size());
            used.emplace(*row[table], keys.substr(0, comma));
            keys.remove_prefix(std::min(comma + 1, keys.size()));
        }
    }
    return {used.begin(), used.end()};
}

Json planJson(const Plan &plan)
{
    return {{"format", plan.format}, {"cost", numberJson(plan.cost)}, {"root", nodeJson(plan.root)}};
}

} // namespace zandb
