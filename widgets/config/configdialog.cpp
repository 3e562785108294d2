// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/config/configdialog.h"

#include "models/common/errortext.h"
#include "models/common/text.h"
#include "models/workflow/runid.h"
#include "widgets/common/parts.h"
#include "widgets/common/tablecolumns.h"
#include "widgets/common/tablepane.h"
#include "widgets/common/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QCompleter>
#include <QFontDatabase>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QSplitter>
#include <QVBoxLayout>

namespace zandb {
namespace {

Look lookOf(const std::string &state)
{
    return state == "succeeded" ? Look::Ok : state == "running" ? Look::Running : state == "failed" ? Look::Failed : state == "cancelled" ? Look::Cancelled
        : state == "unknown" ? Look::Unknown : Look::Pending;
}

} // namespace

ConfigDialog::ConfigDialog(const Ui &ui, const Question &question, QWidget *parent)
    : QDialog(parent), m_model(new ConfigStepModel(this)), m_name(new QLineEdit(this)), m_value(new QLineEdit(this)), m_default(new QCheckBox(this)), m_where(new QComboBox(this)),
      m_trial(new QCheckBox(this)), m_canary(new QComboBox(this)), m_wave(new QSpinBox(this)), m_pause(new QSpinBox(this)), m_stopOn(new QComboBox(this)),
      m_pane(new TablePane(ui, QStringLiteral("configSteps"), this)), m_detail(new QPlainTextEdit(this)), m_message(new QLabel(this)), m_leaveOut(new QCheckBox(this)),
      m_preview(new QPushButton(tr("Preview"), this)), m_accept(new QPushButton(this)), m_stop(new QPushButton(tr("Stop"), this)), m_close(new QPushButton(this))
{
    setObjectName(QStringLiteral("configDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(question.title + QStringLiteral(" — ") + question.profile);
    resize(118 * unit, 78 * unit);
    for (const auto &[widget, name] : std::initializer_list<std::pair<QWidget *, const char *>>{
             {m_name, "configName"}, {m_value, "configValue"}, {m_default, "configDefault"}, {m_where, "configWhere"}, {m_trial, "configTrial"}, {m_canary, "configCanary"},
             {m_wave, "configWave"}, {m_pause, "configPause"}, {m_stopOn, "configStopOn"}, {m_detail, "configDetail"}, {m_message, "configMessage"}, {m_leaveOut, "configLeaveOut"},
             {m_preview, "configPreview"}, {m_accept, "configAccept"}, {m_stop, "configStop"}, {m_close, "configClose"}})
        widget->setObjectName(QString::fromLatin1(name));
    for (const ConfigWish &wish : question.wishes) {
        Place place;
        place.wish = wish;
        m_fixed = m_fixed || !wish.args.changes.empty();
        m_places.push_back(std::move(place));
        m_canary->addItem(wish.path);
    }
    const int count = static_cast<int>(m_places.size());

    auto *title = new QLabel(count == 1 ? question.title + QStringLiteral(": ") + question.wishes.front().path : question.title, this);
    title->setProperty("title", true);
    title->setWordWrap(true);
    auto *completer = new QCompleter(question.names, this);
    completer->setFilterMode(Qt::MatchContains);
    m_name->setCompleter(completer);
    m_name->setText(question.variable);
    m_name->setPlaceholderText(tr("as the server names it: long_query_time"));
    m_value->setText(question.value);
    m_value->setPlaceholderText(tr("1, ON, 64M …"));
    m_default->setText(tr("the server's default"));
    m_where->addItem(tr("in memory and on disk"), QStringLiteral("both"));
    m_where->addItem(tr("in memory only, until the next start"), QStringLiteral("memory"));
    m_where->addItem(tr("on disk only, from the next start on"), QStringLiteral("disk"));
    m_trial->setText(tr("Start a private server with the new files first"));
    m_trial->setChecked(true);
    m_canary->setMinimumContentsLength(12);
    m_canary->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_wave->setRange(1, 64);
    m_pause->setRange(0, 3600);
    m_pause->setSuffix(tr(" s"));
    m_stopOn->addItem(tr("the first failure"), 0);
    for (const int percent : {10, 25, 50})
        m_stopOn->addItem(tr("more than %1 % failures").arg(percent), percent);

    auto *form = new QFormLayout;
    form->setHorizontalSpacing(2 * unit);
    form->setVerticalSpacing(unit);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    if (!m_fixed) {
        auto *value = new QHBoxLayout;
        value->setSpacing(unit);
        value->addWidget(m_value, 1);
        value->addWidget(m_default);
        form->addRow(tr("Variable"), m_name);
        form->addRow(tr("Value"), value);
        form->addRow(tr("Change"), m_where);
    } else {
        for (QWidget *widget : std::initializer_list<QWidget *>{m_name, m_value, m_default, m_where})
            widget->hide();
    }
    form->addRow(QString(), m_trial);
    if (count > 1) {
        auto *waves = new QHBoxLayout;
        waves->setSpacing(unit);
        for (const auto &[text, widget] : std::initializer_list<std::pair<QString, QWidget *>>{{tr("first"), m_canary}, {tr("then at a time"), m_wave}, {tr("pause"), m_pause}, {tr("stop after"), m_stopOn}}) {
            waves->addWidget(new QLabel(text, this));
            waves->addWidget(widget);
        }
        waves->addStretch();
        form->addRow(tr("Waves"), waves);
    } else {
        for (QWidget *widget : std::initializer_list<QWidget *>{m_canary, m_wave, m_pause, m_stopOn})
            widget->hide();
    }

    m_pane->columns()->setFolding({ConfigStepModel::Where, ConfigStepModel::Notes});
    m_pane->setModel(m_model, ConfigStepModel::State, ConfigStepModel::Instance, Qt::AscendingOrder);
    m_pane->emptyState()->setTexts(tr("No preview yet"), tr("Name a variable and a value: the agents then say what would change, and change nothing."));
    m_detail->setReadOnly(true);
    m_detail->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_detail->setLineWrapMode(QPlainTextEdit::WidgetWidth);
    auto *split = new QSplitter(Qt::Vertical, this);
    split->setChildrenCollapsible(false);
    split->addWidget(m_pane);
    split->addWidget(m_detail);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    m_message->setWordWrap(true);
    m_message->setProperty("muted", true);
    m_leaveOut->hide();
    m_preview->setDefault(true);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(unit);
    buttons->addWidget(m_message, 1);
    for (QPushButton *button : {m_preview, m_stop, m_close, m_accept})
        buttons->addWidget(button);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(3 * unit, 3 * unit, 3 * unit, 2 * unit);
    layout->setSpacing(unit);
    layout->addWidget(title);
    layout->addLayout(form);
    layout->addWidget(split, 1);
    layout->addWidget(m_leaveOut);
    layout->addLayout(buttons);

    for (QLineEdit *edit : {m_name, m_value})
        connect(edit, &QLineEdit::textChanged, this, &ConfigDialog::edited);
    connect(m_default, &QCheckBox::toggled, this, &ConfigDialog::edited);
    connect(m_where, &QComboBox::currentIndexChanged, this, &ConfigDialog::edited);
    connect(m_trial, &QCheckBox::toggled, this, &ConfigDialog::edited);
    connect(m_leaveOut, &QCheckBox::toggled, this, &ConfigDialog::showState);
    connect(m_preview, &QPushButton::clicked, this, &ConfigDialog::preview);
    connect(m_accept, &QPushButton::clicked, this, &ConfigDialog::begin);
    connect(m_stop, &QPushButton::clicked, this, [this] {
        m_stop->setEnabled(false);
        Q_EMIT stopRequested();
    });
    connect(m_close, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_pane, &TablePane::currentChanged, this, &ConfigDialog::showDetail);
    edited();
    (m_fixed ? static_cast<QWidget *>(m_preview) : question.variable.isEmpty() ? m_name : m_value)->setFocus();
}

/// What was previewed is not what the fields say any more.
void ConfigDialog::edited()
{
    ++m_number;
    m_previewed = false;
    const QSignalBlocker blocker(m_leaveOut);
    m_leaveOut->setChecked(false);
    for (Place &place : m_places) {
        place.result.reset();
        place.refused.reset();
    }
    m_value->setEnabled(!m_default->isChecked());
    showState();
}

QString ConfigDialog::problem() const
{
    if (m_fixed)
        return {};
    if (m_name->text().trimmed().isEmpty())
        return tr("Name a variable.");
    if (!m_default->isChecked() && m_value->text().isEmpty())
        return tr("Give a value, or choose the server's default.");
    return {};
}

void ConfigDialog::preview()
{
    if (!problem().isEmpty() || m_running)
        return;
    edited();
    m_previewed = true;
    m_done = false;
    m_why.reset();
    std::vector<ConfigWish> wishes;
    for (Place &place : m_places) {
        place.chosen = false;
        place.progress = {};
        place.wish.args.trial = m_trial->isChecked();
        if (!m_fixed) {
            wire::ConfigChange change;
            change.name = m_name->text().trimmed().toStdString();
            if (!m_default->isChecked())
                change.value = m_value->text().toStdString();
            change.where = m_where->currentData().toString().toStdString();
            place.wish.args.changes = {std::move(change)};
        }
        wishes.push_back(place.wish);
    }
    showState();
    Q_EMIT previewRequested(m_number, wishes);
}

void ConfigDialog::setPreview(int number, std::size_t at, const wire::ConfigResult &result)
{
    if (number != m_number || at >= m_places.size())
        return;
    m_places[at].result = result;
    showState();
}

void ConfigDialog::setRefused(int number, std::size_t at, const Error &error)
{
    if (number != m_number || at >= m_places.size())
        return;
    m_places[at].refused = error;
    showState();
}

void ConfigDialog::begin()
{
    m_chosen.clear();
    std::vector<ConfigWish> wishes;
    ConfigWaveWish waves{0, m_wave->value(), m_pause->value(), m_stopOn->currentData().toInt()};
    for (std::size_t at = 0; at < m_places.size(); ++at) {
        Place &place = m_places[at];
        if (!place.result)
            continue;
        // only if what the preview has shown still stands there
        ConfigWish wish = place.wish;
        for (std::size_t i = 0; i < wish.args.changes.size() && i < place.result->changes.size(); ++i) {
            wish.args.changes[i].expectedMemory = place.result->changes[i].oldMemory;
            if (wish.args.changes[i].where != "memory")
                wish.args.changes[i].expectedDisk = place.result->changes[i].oldDisk.value_or("");
        }
        if (static_cast<int>(at) == m_canary->currentIndex())
            waves.canary = wishes.size();
        m_chosen.push_back(at);
        wishes.push_back(std::move(wish));
    }
    Q_EMIT changeRequested(wishes, waves);
}

void ConfigDialog::setBegun()
{
    for (const std::size_t at : m_chosen) {
        m_places[at].chosen = true;
        m_places[at].progress.state = "pending";
    }
    m_running = true;
    m_stop->setEnabled(true);
    showState();
}

void ConfigDialog::setProgress(std::size_t at, const ConfigProgress &progress)
{
    if (at >= m_chosen.size())
        return;
    Place &place = m_places[m_chosen[at]];
    place.progress = progress;
    if (progress.result)
        place.result = progress.result;
    showState();
}

void ConfigDialog::setFinished(const std::optional<Error> &why)
{
    m_running = false;
    m_done = true;
    m_why = why;
    showState();
}

void ConfigDialog::reject()
{
    if (!m_running) {
        QDialog::reject();
        return;
    }
    m_stop->setEnabled(false); // it stays until all that was begun has ended
    Q_EMIT stopRequested();
}

void ConfigDialog::showState()
{
    int answered = 0, refused = 0, succeeded = 0, ended = 0, chosen = 0;
    std::vector<ConfigStepRow> rows;
    for (const Place &place : m_places) {
        answered += place.result || place.refused;
        refused += place.refused.has_value();
        chosen += place.chosen;
        succeeded += place.progress.state == "succeeded";
        ended += place.chosen && place.progress.state != "pending" && place.progress.state != "running";
        if (!m_previewed)
            continue;
        ConfigStepRow row;
        row.instance = place.wish.instance;
        row.path = place.wish.path;
        const std::optional<Error> &error = place.refused ? place.refused : place.progress.error;
        row.look = place.refused ? Look::Failed : place.chosen ? lookOf(place.progress.state) : place.result ? Look::Skipped : Look::Running;
        row.state = place.refused ? tr("refused") : place.chosen ? (m_done && place.progress.state == "pending" ? tr("not begun") : lookText(row.look)) : place.result ? tr("previewed") : tr("asking");
        row.error = error ? errorText(*error).simplified() : QString();
        for (std::size_t i = 0; i < place.wish.args.changes.size(); ++i) {
            row.id = uuidV5(place.wish.instance, std::to_string(i));
            row.name = place.wish.args.changes[i].name;
            row.outcome.reset();
            row.notes.clear();
            if (place.result && i < place.result->changes.size()) {
                row.outcome = place.result->changes[i];
                row.name = row.outcome->name;
                row.notes = configNotes(*row.outcome, place.result->sessions).join(QLatin1Char(' '));
            }
            rows.push_back(row);
        }
    }
    m_model->setRows(std::move(rows));
    const int count = static_cast<int>(m_places.size());
    const int good = answered - refused;
    const bool whole = m_previewed && answered == count;
    m_leaveOut->setVisible(whole && !m_running && !m_done && refused > 0 && good > 0);
    m_leaveOut->setText(tr("Leave out the %n instance(s) that refuse it", nullptr, refused));
    const bool may = whole && !m_running && !m_done && good > 0 && (refused == 0 || m_leaveOut->isChecked());
    const QString trouble = problem();
    QString said;
    if (m_running)
        said = tr("%1 of %2 done.").arg(ended).arg(chosen);
    else if (m_done)
        said = (succeeded == chosen ? tr("Changed on %n instance(s).", nullptr, succeeded) : tr("Changed on %1 of %2 instances; the lines say why.").arg(succeeded).arg(chosen))
            + (m_why ? QLatin1Char(' ') + errorSummary(*m_why) : QString());
    else if (!trouble.isEmpty())
        said = trouble;
    else if (m_previewed && !whole)
        said = tr("%1 of %2 have answered.").arg(answered).arg(count);
    else if (whole && refused > 0 && !m_leaveOut->isChecked())
        said = good > 0 ? tr("%n instance(s) refuse it: nothing is sent.", nullptr, refused) : tr("It is refused: nothing can be sent.");
    else if (whole)
        said = tr("This is what would change; nothing has changed yet.");
    else
        said = tr("Nothing is changed by a preview.");
    m_message->setText(said);
    m_accept->setText(tr("Change %n instance(s)", nullptr, whole ? good : count));
    m_accept->setEnabled(may);
    m_accept->setVisible(!m_done);
    m_preview->setEnabled(trouble.isEmpty() && !m_running && !(m_previewed && !whole));
    m_preview->setText(m_done ? tr("Preview again") : tr("Preview"));
    m_stop->setVisible(m_running);
    m_close->setVisible(!m_running);
    m_close->setText(m_done ? tr("Close") : tr("Cancel"));
    for (QWidget *widget : std::initializer_list<QWidget *>{m_name, m_default, m_where, m_trial, m_canary, m_wave, m_pause, m_stopOn})
        widget->setEnabled(!m_running);
    m_value->setEnabled(!m_running && !m_default->isChecked());
    showDetail();
}

void ConfigDialog::showDetail()
{
    const auto id = m_pane->currentId();
    const ConfigStepRow *row = id ? m_model->row(m_model->rowOf(*id)) : m_model->row(0);
    QStringList lines;
    if (row) {
        const auto place = std::ranges::find_if(m_places, [&](const Place &one) { return one.wish.instance == row->instance; });
        lines << row->path;
        // rows may be a step behind the places while the table is filled anew
        if (place->refused || place->progress.error)
            lines << errorText(place->refused ? *place->refused : *place->progress.error);
        if (!row->notes.isEmpty())
            lines << row->notes;
        if (place->result) {
            for (const wire::ConfigEdit &edit : place->result->edits)
                lines << QString() << qs(edit.diff).trimmed(); // it begins with file and line
            const std::string &trial = place->result->trial;
            lines << QString();
            if (trial == "not_needed")
                lines << tr("No option file changes, so no private start is needed.");
            else if (trial == "not_wanted")
                lines << tr("No private server is started with the new files: whether the server starts with them is not tried.");
            else if (trial == "not_yet" || trial == "started")
                lines << (trial == "started" ? tr("A private server has started with the new files.") : tr("A private server is started with the new files before they are written."))
                      << tr("That does not prove: %1").arg(unprovenText(place->result->unproven));
            for (const std::string &recovered : place->result->recovered)
                lines << tr("Taken back before, from a change that a crash had cut off: %1").arg(qs(recovered));
        }
    }
    const QString text = lines.join(QLatin1Char('\n'));
    if (text != m_detail->toPlainText())
        m_detail->setPlainText(text);
}

} // namespace zandb
