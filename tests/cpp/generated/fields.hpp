/* What the scenario runner prints of each record, and how it takes options.
 * Written by `cargo xtask generate`; do not edit. Included by scenario_runner.cpp behind its helpers. */

std::string json(const gd::receipt &from) {
    return "{" 
           + std::string("\"user\":" + json(from.user()))
           + ("," + std::string("\"request_id\":" + json(from.request_id())))
           + ("," + std::string("\"client_request_id\":" + json(from.client_request_id())))
           + ("," + std::string("\"date\":" + json(from.date())))
           + ("," + std::string("\"attempts\":" + json(from.attempts())))
           + ("," + std::string("\"elapsed_ms\":" + json(from.elapsed())))
           + ("," + std::string("\"custom_endpoint\":" + json(from.custom_endpoint()))) + "}";
}

std::string json(const gd::error &from) {
    return "{" 
           + std::string("\"status\":" + json(gd::name(from.status())) + ",\"status_number\":" + json(static_cast<int>(from.status())))
           + ("," + std::string("\"message\":" + json(from.message())))
           + ("," + std::string("\"http_status\":" + json(from.http_status())))
           + ("," + std::string("\"code\":" + json(from.code())))
           + ("," + std::string("\"inner_code\":" + json(from.inner_code())))
           + ("," + std::string("\"service_message\":" + json(from.service_message())))
           + ("," + std::string("\"request_id\":" + json(from.request_id())))
           + ("," + std::string("\"client_request_id\":" + json(from.client_request_id())))
           + ("," + std::string("\"activity_id\":" + json(from.activity_id())))
           + ("," + std::string("\"retry_after_ms\":" + json(from.retry_after())))
           + ("," + std::string("\"approval_code\":" + json(from.approval_code())))
           + ("," + std::string("\"claims\":" + json(from.claims())))
           + ("," + std::string("\"attempts\":" + json(from.attempts())))
           + ("," + std::string("\"effect\":" + json(gd::name(from.effect())))) + "}";
}

std::string json(const gd::warning &from) {
    return "{" 
           + std::string("\"code\":" + json(gd::name(from.code())))
           + ("," + std::string("\"severity\":" + json(gd::name(from.severity()))))
           + ("," + std::string("\"message\":" + json(from.message()))) + "}";
}

std::string json(const gd::device &from) {
    return "{" 
           + std::string("\"id\":" + json(from.id()))
           + ("," + std::string("\"name\":" + json(from.name())))
           + ("," + std::string("\"managed_name\":" + json(from.managed_name())))
           + ("," + std::string("\"operating_system\":" + json(from.operating_system())))
           + ("," + std::string("\"os_version\":" + json(from.os_version())))
           + ("," + std::string("\"serial_number\":" + json(from.serial_number())))
           + ("," + std::string("\"model\":" + json(from.model())))
           + ("," + std::string("\"manufacturer\":" + json(from.manufacturer())))
           + ("," + std::string("\"owner_type\":" + json(from.owner_type())))
           + ("," + std::string("\"state\":" + json(from.state())))
           + ("," + std::string("\"management_agent\":" + json(from.management_agent())))
           + ("," + std::string("\"enrollment_type\":" + json(from.enrollment_type())))
           + ("," + std::string("\"registration_state\":" + json(from.registration_state())))
           + ("," + std::string("\"compliance_state\":" + json(from.compliance_state())))
           + ("," + std::string("\"is_encrypted\":" + json(from.is_encrypted())))
           + ("," + std::string("\"is_supervised\":" + json(from.is_supervised())))
           + ("," + std::string("\"enrolled\":" + json(from.enrolled())))
           + ("," + std::string("\"last_sync\":" + json(from.last_sync())))
           + ("," + std::string("\"certificate_expires\":" + json(from.certificate_expires())))
           + ("," + std::string("\"entra_device_id\":" + json(from.entra_device_id())))
           + ("," + std::string("\"entra_registered\":" + json(from.entra_registered())))
           + ("," + std::string("\"user_id\":" + json(from.user_id())))
           + ("," + std::string("\"user_principal_name\":" + json(from.user_principal_name())))
           + ("," + std::string("\"email_address\":" + json(from.email_address())))
           + ("," + std::string("\"warnings\":" + json(from.warnings()))) + "}";
}

std::string json(const gd::verified_device &from) {
    return "{" 
           + std::string("\"id\":" + json(from.id()))
           + ("," + std::string("\"name\":" + json(from.name())))
           + ("," + std::string("\"verdict\":" + json(gd::name(from.verdict()))))
           + ("," + std::string("\"state\":" + json(from.state())))
           + ("," + std::string("\"since\":" + json(from.since())))
           + ("," + std::string("\"detail\":" + json(from.detail()))) + "}";
}

gd::options take_options(const arguments &given) {
    gd::options options;
    options.cloud = given.text("cloud");
    options.endpoint = given.text("endpoint");
    options.connect_timeout = given.duration("connect_timeout_ms");
    options.timeout = given.duration("timeout_ms");
    options.deadline = given.duration("deadline_ms");
    options.max_attempts = given.small("max_attempts");
    options.backoff = backoff(given.duration("backoff_base_ms"), given.duration("backoff_cap_ms"));
    options.proxy = given.text("proxy");
    options.ca_certificates = given.text("ca_certificates");
    options.user_agent_suffix = given.text("user_agent_suffix");
    return options;
}

gd::call_options take_call_options(const arguments &given) {
    gd::call_options options;
    options.justification = given.text("justification");
    options.approval_code = given.text("approval_code");
    options.client_request_id = given.text("client_request_id");
    options.deadline = given.duration("deadline_ms");
    return options;
}

gd::run_options take_run_options(const arguments &given) {
    gd::run_options options;
    options.justification = given.text("justification");
    options.approval_code = given.text("approval_code");
    options.client_request_id = given.text("client_request_id");
    options.deadline = given.duration("deadline_ms");
    options.token_events = given.flag("token_events");
    options.journal = given.text("journal");
    options.resume = given.text("resume");
    options.plan = given.text("plan");
    options.preview = given.text("preview") == "1";
    options.inspect_first = given.flag("inspect_first");
    options.write_quota = quota(given.text("write_quota"));
    options.read_quota = quota(given.text("read_quota"));
    options.connections = given.small("connections");
    options.batch_size = given.small("batch_size");
    options.max_users = given.small("max_users");
    options.max_devices_per_user = given.small("max_devices_per_user");
    options.max_approvals = given.small("max_approvals");
    options.exclude = given.all("exclude");
    options.accept_warning = given.all("accept_warning");
    options.input_list = input(given.text("input_list"));
    options.initiated_by = given.text("initiated_by");
    options.machine = given.text("machine");
    options.consent = given.text("consent");
    return options;
}
