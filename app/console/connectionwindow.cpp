// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/connectionwindow.h"

#include "app/console/credentials.h"
#include "app/console/mainwindow.h"
#include "app/platform/delivery.h"
#include "app/platform/savesettings.h"
#include "app/store/accounts.h"
#include "app/store/migrations.h"
#include "app/store/role.h"
#include "models/common/errortext.h"
#include "models/common/text.h"
#include "widgets/settings/connectionpage.h"

#include <QAction>
#include <QEvent>
#include <QScreen>

#include <algorithm>

namespace zandb::console {
namespace {

struct Found
{
    store::Session::Server server;
    StoreRole role = StoreRole::Unknown;
};

/// All that opening the console needs.
Result<Found> look(const StoreSettings &settings, std::stop_token stop)
{
    store::Session session(settings);
    session.setStopToken(std::move(stop));
    auto server = session.server();
    if (!server)
        return fail(server.error());
    if (auto schema = session.checkSchema(); !schema)
        return fail(schema.error());
    const auto role = store::roleOf(session);
    if (!role)
        return fail(role.error());
    return Found{std::move(*server), *role};
}

struct Created
{
    std::size_t applied = 0;
    bool rolesLack = false;
    bool accountExisted = false; ///< the account that was to be made
};

Result<Created> createStore(const StoreSettings &admin, const std::optional<StoreSettings> &account, std::stop_token stop)
{
    store::Session session(admin);
    session.setStopToken(std::move(stop));
    std::vector<Error> notDone;
    const auto applied = store::migrate(session, 0, &notDone);
    if (!applied)
        return fail(applied.error());
    const bool rolesLack = std::ranges::any_of(notDone, [](const Error &error) { return error.fields.at("what") == "roles"; });
    bool existed = false;
    if (!rolesLack && account) {
        const auto made = store::giveAccount(session, account->user, account->password, "zandb_admin");
        if (!made)
            return fail(made.error());
        existed = !*made;
    }
    return Created{applied->size(), rolesLack, existed};
}

/// The password is asked for on this page, wherever it is kept.
QString adviceOf(const Error &error)
{
    return error.is(errors::storePassword) ? ConnectionWindow::tr("Correct the account or the password above.") : errorAdvice(error);
}

void showCreated(ConnectionPage &page, const Result<Created> &created, bool account, const QString &user, const QString &schema)
{
    if (!created) {
        const bool refused = created.error().is(errors::storePassword);
        page.showTrouble(errorSummary(created.error()), refused ? ConnectionWindow::tr("Correct the administrator's account or password.") : errorAdvice(created.error()));
        return;
    }
    if (created->rolesLack) {
        page.showTrouble(ConnectionWindow::tr("The schema “%1” is there, but its roles could not be made.").arg(schema),
                            ConnectionWindow::tr("The administrator's account lacks CREATE USER, or the rights on the schema WITH GRANT OPTION. Create again with one that has them."));
        return;
    }
    QString text = created->applied > 0 ? ConnectionWindow::tr("The schema “%1” was created or brought up to date.").arg(schema) : ConnectionWindow::tr("The schema “%1” was up to date already.").arg(schema);
    if (account)
        text += QLatin1Char(' ') + ConnectionWindow::tr("The account “%1” is an administrator of the store.").arg(user);
    if (created->accountExisted)
        text += QLatin1Char(' ') + ConnectionWindow::tr("It existed already; its password was not changed.");
    page.showGood(text + QLatin1Char(' ') + ConnectionWindow::tr("“Save and open” goes on."));
}

void showTried(ConnectionPage &page, const Result<Found> &found, const QString &keychain)
{
    if (!found) {
        QString advice = adviceOf(found.error());
        if (found.error().is(errors::storeSchemaMissing) || found.error().is(errors::storeSchemaTooOld))
            advice += QLatin1Char(' ') + ConnectionWindow::tr("Or do it here: “Create the store…”.");
        if (found.error().is(errors::storePassword) && !keychain.isEmpty())
            advice += QLatin1Char('\n') + ConnectionWindow::tr("The keychain could not be read: %1").arg(keychain);
        page.showTrouble(errorSummary(found.error()), advice);
        return;
    }
    QString text = ConnectionWindow::tr("Connected to the store: %1.").arg(qs(found->server.version));
    if (found->role != StoreRole::Unknown)
        text += QLatin1Char(' ') + ConnectionWindow::tr("Your role is %1.").arg(roleText(found->role));
    text += QLatin1Char(' ') + (found->server.tlsCipher.empty() ? ConnectionWindow::tr("The connection is not encrypted.") : ConnectionWindow::tr("The connection is encrypted (%1).").arg(qs(found->server.tlsCipher)));
    page.showGood(text);
}

} // namespace

ConnectionWindow::ConnectionWindow(std::filesystem::path file, const std::optional<Settings> &settings, const std::optional<Error> &why,
                                   Dialogs &dialogs, QWidget *parent)
    : QMainWindow(parent), m_file(std::move(file)), m_settings(settings.value_or(Settings{})), m_page(new ConnectionPage(dialogs, this)),
      m_escape(new QAction(this))
{
    setObjectName(QStringLiteral("connectionWindow"));
    setWindowIcon(QIcon(QStringLiteral(":/icons/zandb.svg")));
    retranslate();
    setCentralWidget(m_page);
    m_escape->setShortcut(Qt::Key_Escape);
    m_escape->setEnabled(false);
    addAction(m_escape);
    connect(m_escape, &QAction::triggered, this, &ConnectionWindow::left);
    connect(m_page, &ConnectionPage::leaveRequested, this, &ConnectionWindow::left);
    connect(m_page, &ConnectionPage::createRequested, this, &ConnectionWindow::askToCreate);
    if (settings) {
        ConnectionForm form;
        form.profile = qs(m_settings.profile);
        form.production = m_settings.production;
        form.host = qs(m_settings.store.host);
        form.port = m_settings.store.port;
        form.user = qs(m_settings.store.user);
        form.inKeychain = m_settings.store.passwordFile.empty();
        form.schema = qs(m_settings.store.schema);
        form.tls = qs(m_settings.store.tls);
        form.tlsCa = qs(m_settings.store.tlsCa.string());
        form.sshKey = qs(m_settings.ssh.identity.string());
        m_page->setForm(form);
    }
    if (why)
        showError(*why);
    connect(m_page, &ConnectionPage::testRequested, this, [this] { tryIt(false); });
    connect(m_page, &ConnectionPage::saveRequested, this, [this] { tryIt(true); });
    resize(MainWindow::firstSize(screen()->availableSize()).boundedTo(QSize(1120, 760)));
}

ConnectionWindow::~ConnectionWindow()
{
    for (std::jthread &thread : m_tries)
        thread.request_stop();
}

void ConnectionWindow::setMayLeave(bool may)
{
    m_page->setMayLeave(may);
    m_escape->setEnabled(may);
}

void ConnectionWindow::askToCreate()
{
    auto *dialog = new CreateStoreDialog(m_page->form(), this);
    connect(dialog, &CreateStoreDialog::wanted, this, &ConnectionWindow::create);
    dialog->open();
}

/// By the administrator's account, which is forgotten afterwards.
void ConnectionWindow::create(const CreateStoreDialog::Wish &wish)
{
    m_page->setBusy(true);
    const Settings settings = wanted();
    StoreSettings admin = settings.store;
    admin.person = settings.person;
    admin.user = wish.administrator.toStdString();
    admin.password = wish.password.toStdString();
    admin.passwordFile.clear();
    const bool account = wish.alsoAccount && settings.store.user != admin.user;
    deliver<Created>(
        this,
        [&](Answer<Created> answer) {
            m_tries.emplace_back([answer, admin, account, own = settings.store](std::stop_token stop) {
                answer(createStore(admin, account ? std::optional(own) : std::nullopt, std::move(stop)));
            });
        },
        [this, account, user = qs(settings.store.user), schema = qs(settings.store.schema)](Result<Created> created) {
            m_page->setBusy(false);
            say([this, created = std::move(created), account, user, schema] { showCreated(*m_page, created, account, user, schema); });
        });
}

void ConnectionWindow::showError(const Error &error)
{
    say([this, error] { m_page->showTrouble(errorSummary(error), adviceOf(error)); });
}

/// Says it now, and again when the language changes.
void ConnectionWindow::say(std::function<void()> words)
{
    m_said = std::move(words);
    m_said();
}

void ConnectionWindow::changeEvent(QEvent *event)
{
    QMainWindow::changeEvent(event);
    if (event->type() != QEvent::LanguageChange)
        return;
    retranslate();
    if (m_said)
        m_said();
}

void ConnectionWindow::retranslate()
{
    setWindowTitle(tr("Connection") + QStringLiteral(" — ZanDB"));
}

Settings ConnectionWindow::wanted() const
{
    const ConnectionForm form = m_page->form();
    Settings settings = m_settings;
    settings.file = m_file;
    settings.profile = form.profile.toStdString();
    settings.production = form.production;
    if (settings.store.host != form.host.toStdString())
        settings.store.socket.clear();
    settings.store.host = form.host.toStdString();
    settings.store.port = form.port;
    settings.store.user = form.user.toStdString();
    settings.store.schema = form.schema.toStdString();
    settings.store.tls = form.tls.toStdString();
    settings.store.tlsCa = form.tlsCa.toStdString();
    if (settings.ssh.identity != form.sshKey.toStdString()) {
        settings.ssh.identity = form.sshKey.toStdString();
        settings.ssh.passphraseFile.clear(); // it was that of the key before
    }
    if (!form.password.isEmpty()) {
        settings.store.password = form.password.toStdString();
        settings.store.passwordFile.clear();
    }
    return settings;
}

void ConnectionWindow::tryIt(bool thenSave)
{
    m_page->setBusy(true);
    const auto go = [this, thenSave](const Settings &settings, const QString &keychain) {
        deliver<Found>(
            this,
            [&](Answer<Found> answer) {
                m_tries.emplace_back([answer, store = settings.store](std::stop_token stop) { answer(look(store, std::move(stop))); });
            },
            [this, settings, thenSave, keychain](Result<Found> found) {
                m_page->setBusy(false);
                if (found && thenSave)
                    save(settings);
                else
                    say([this, found = std::move(found), keychain] { showTried(*m_page, found, keychain); });
            });
    };
    const Settings settings = wanted();
    if (!settings.store.password.empty() || !settings.store.passwordFile.empty())
        go(settings, {});
    else
        withStorePassword(settings, this, go);
}

/// The password first: a profile without it would only lead back here.
void ConnectionWindow::save(const Settings &settings)
{
    const ConnectionForm form = m_page->form();
    const auto write = [this](const Settings &kept) {
        if (const auto done = saveSettings(m_file, kept); !done) {
            showError(done.error());
            return;
        }
        const auto read = loadSettings(m_file); // as every later start will read it, with what is left to its standard
        if (read)
            Q_EMIT connected(*read);
        else
            showError(read.error());
    };
    if (form.password.isEmpty()) {
        write(settings);
        return;
    }
    if (!form.inKeychain) {
        Settings kept = settings;
        kept.store.passwordFile = m_file.parent_path() / (m_file.stem().string() + "-store-password");
        if (const auto done = saveSecret(kept.store.passwordFile, settings.store.password); !done)
            showError(done.error());
        else
            write(kept);
        return;
    }
    m_page->setBusy(true);
    keepStorePassword(settings, form.password, this, [this, settings, write](const QString &trouble) {
        m_page->setBusy(false);
        if (!trouble.isEmpty())
            say([this, trouble] {
                m_page->showTrouble(tr("The keychain could not save the password: %1").arg(trouble),
                                    tr("Unlock or start the desktop's keychain (GNOME Keyring, KWallet), or save the password in a file that only you may read."));
            });
        else
            write(settings);
    });
}

} // namespace zandb::console
