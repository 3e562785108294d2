// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/config/driftdialogs.h"

#include "models/common/text.h"
#include "widgets/common/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace zandb {
namespace {

constexpr int mostLines = 8;

/// The usual frame: title, text, form, and buttons of which `accept` is the last.
void arrange(QDialog *dialog, const QString &title, const QString &text, QFormLayout *form, QPushButton *accept)
{
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setMinimumWidth(60 * unit);
    auto *head = new QLabel(title, dialog);
    head->setProperty("title", true);
    head->setWordWrap(true);
    form->setHorizontalSpacing(2 * unit);
    form->setVerticalSpacing(unit);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    auto *cancel = new QPushButton(AcceptDialog::tr("Cancel"), dialog);
    QObject::connect(cancel, &QPushButton::clicked, dialog, &QDialog::reject);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(unit);
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(accept);
    accept->setDefault(true);
    auto *layout = new QVBoxLayout(dialog);
    layout->setContentsMargins(3 * unit, 3 * unit, 3 * unit, 2 * unit);
    layout->setSpacing(unit);
    layout->addWidget(head);
    if (!text.isEmpty()) {
        auto *lines = new QLabel(text, dialog);
        lines->setTextFormat(Qt::PlainText);
        lines->setWordWrap(true);
        layout->addWidget(lines);
    }
    layout->addSpacing(unit);
    layout->addLayout(form);
    layout->addStretch();
    layout->addLayout(buttons);
}

} // namespace

AcceptDialog::AcceptDialog(const QString &profile, const QStringList &what, QWidget *parent)
    : QDialog(parent), m_reason(new QLineEdit(this)), m_days(new QSpinBox(this)), m_accept(new QPushButton(this))
{
    setObjectName(QStringLiteral("acceptDialog"));
    setWindowTitle(tr("Accept differences — %1").arg(profile));
    m_reason->setObjectName(QStringLiteral("acceptReason"));
    m_days->setObjectName(QStringLiteral("acceptDays"));
    m_accept->setObjectName(QStringLiteral("acceptAccept"));
    const int count = static_cast<int>(what.size());
    QStringList lines = what.mid(0, mostLines);
    if (count > mostLines)
        lines << tr("and %n more", nullptr, count - mostLines);
    m_days->setRange(1, 3650);
    m_days->setValue(90);
    m_days->setSuffix(tr(" days"));
    m_reason->setMaxLength(500);
    m_reason->setPlaceholderText(tr("why it may differ"));
    auto *form = new QFormLayout;
    form->addRow(tr("Reason"), m_reason);
    form->addRow(tr("For"), m_days);
    m_accept->setText(tr("Accept %n difference(s)", nullptr, count));
    m_accept->setEnabled(false);
    arrange(this, tr("Accept %n difference(s)", nullptr, count), lines.join(QLatin1Char('\n')), form, m_accept);
    connect(m_reason, &QLineEdit::textChanged, this, [this] { m_accept->setEnabled(!m_reason->text().trimmed().isEmpty()); });
    connect(m_accept, &QPushButton::clicked, this, [this] {
        Q_EMIT acceptAgreed(m_reason->text().trimmed(), m_days->value());
        accept();
    });
    m_reason->setFocus();
}

StandardDialog::StandardDialog(const Question &question, QWidget *parent)
    : QDialog(parent), m_place(new QComboBox(this)), m_name(new QLineEdit(this)), m_value(new QLineEdit(this)), m_mayDiffer(new QCheckBox(tr("It may differ there"), this)),
      m_accept(new QPushButton(question.isEdit ? tr("Change the rule") : tr("Add the rule"), this))
{
    setObjectName(QStringLiteral("standardDialog"));
    setWindowTitle(tr("Standard — %1").arg(question.profile));
    m_place->setObjectName(QStringLiteral("standardPlace"));
    m_name->setObjectName(QStringLiteral("standardName"));
    m_value->setObjectName(QStringLiteral("standardValue"));
    m_mayDiffer->setObjectName(QStringLiteral("standardMayDiffer"));
    m_accept->setObjectName(QStringLiteral("standardAccept"));
    for (const auto &[id, name] : question.places) {
        m_place->addItem(name, QVariant::fromValue(id));
        if (id == question.place)
            m_place->setCurrentIndex(m_place->count() - 1);
    }
    m_name->setText(question.variable);
    m_name->setMaxLength(64);
    m_value->setText(question.value.value_or(QString()));
    m_mayDiffer->setChecked(!question.value);
    m_place->setEnabled(!question.isEdit);
    m_name->setEnabled(!question.isEdit);
    auto *form = new QFormLayout;
    form->addRow(tr("Where"), m_place);
    form->addRow(tr("Variable"), m_name);
    form->addRow(tr("Value"), m_value);
    form->addRow(QString(), m_mayDiffer);
    arrange(this, question.isEdit ? tr("Change a rule of the standard") : tr("Add a rule to the standard"), tr("What this variable should be. A nearer rule holds before a farther one."), form, m_accept);
    for (QLineEdit *edit : {m_name, m_value})
        connect(edit, &QLineEdit::textChanged, this, &StandardDialog::check);
    connect(m_mayDiffer, &QCheckBox::toggled, this, &StandardDialog::check);
    connect(m_accept, &QPushButton::clicked, this, [this] {
        Q_EMIT ruleAgreed(m_place->currentData().value<Uuid>(), m_name->text().trimmed(), m_mayDiffer->isChecked() ? std::nullopt : std::optional(m_value->text()));
        accept();
    });
    check();
    (question.variable.isEmpty() ? m_name : m_value)->setFocus();
}

void StandardDialog::check()
{
    m_value->setEnabled(!m_mayDiffer->isChecked());
    m_accept->setEnabled(!m_name->text().trimmed().isEmpty() && (m_mayDiffer->isChecked() || !m_value->text().isEmpty()));
}

} // namespace zandb
