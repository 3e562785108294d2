# SPDX-License-Identifier: GPL-3.0-or-later
# cmake --install: what a host or a console gets.  Components: agent (database hosts), headless, console.
include(GNUInstallDirs)

set(ZANDB_SYSTEMD_DIR "lib/systemd/system" CACHE STRING "Where units go, below the prefix")

install(TARGETS zandb-agent zandb-attach RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT agent)
install(TARGETS zandb-helper RUNTIME DESTINATION "${CMAKE_INSTALL_LIBEXECDIR}" COMPONENT agent)
install(TARGETS zandbctl RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT headless)
if(TARGET zandb)
    install(TARGETS zandb RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT console)
endif()

# Units, and the users and directories they need, say where the programs are: configure with the prefix you install to.
# Configuration is /etc/zandb whatever the prefix, as the programs expect.
function(zandb_install_text file destination component)
    file(READ "${CMAKE_SOURCE_DIR}/packaging/${file}" text)
    string(REPLACE "/usr/bin/" "${CMAKE_INSTALL_FULL_BINDIR}/" text "${text}")
    string(REPLACE "/usr/libexec/" "${CMAKE_INSTALL_FULL_LIBEXECDIR}/" text "${text}")
    string(REPLACE "/usr/share/doc/zandb/" "${CMAKE_INSTALL_FULL_DOCDIR}/" text "${text}")
    set_property(DIRECTORY "${CMAKE_SOURCE_DIR}" APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/packaging/${file}")
    get_filename_component(name "${file}" NAME)
    get_filename_component(kind "${file}" DIRECTORY)
    set(made "${CMAKE_BINARY_DIR}/install/${kind}/${name}")
    file(GENERATE OUTPUT "${made}" CONTENT "${text}")
    install(FILES "${made}" DESTINATION "${destination}" COMPONENT "${component}")
endfunction()

zandb_install_text(systemd/zandb-agent.service "${ZANDB_SYSTEMD_DIR}" agent)
zandb_install_text(systemd/zandb-helper.socket "${ZANDB_SYSTEMD_DIR}" agent)
zandb_install_text(systemd/zandb-helper@.service "${ZANDB_SYSTEMD_DIR}" agent)
zandb_install_text(systemd/zandb-headless.service "${ZANDB_SYSTEMD_DIR}" headless)
zandb_install_text(sysusers.d/zandb.conf lib/sysusers.d agent)
zandb_install_text(tmpfiles.d/zandb.conf lib/tmpfiles.d agent)
zandb_install_text(tmpfiles.d/zandb-headless.conf lib/tmpfiles.d headless)
# examples only: an administrator's own file is never overwritten
zandb_install_text(agent.toml "${CMAKE_INSTALL_DATADIR}/zandb" agent)
zandb_install_text(headless.toml "${CMAKE_INSTALL_DATADIR}/zandb" headless)
zandb_install_text(zandb.toml "${CMAKE_INSTALL_DATADIR}/zandb" console)
install(FILES "${CMAKE_SOURCE_DIR}/README.md" "${CMAKE_SOURCE_DIR}/CHANGELOG.md" "${CMAKE_SOURCE_DIR}/packaging/HOST.md"
    DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT agent)
install(FILES "${CMAKE_SOURCE_DIR}/packaging/HEADLESS.md" "${CMAKE_SOURCE_DIR}/packaging/STORE.md" DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT headless)
