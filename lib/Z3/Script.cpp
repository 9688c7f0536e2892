//===- Script.cpp - Z3's C interface --------------------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Script.h"
#include "TensorOp/Z3/Z3.h"
#include <z3.h>

using namespace llvm;
using namespace tensorop;
using namespace tensorop::z3;

std::string z3::version() {
  unsigned major, minor, build, revision;
  Z3_get_version(&major, &minor, &build, &revision);
  return std::to_string(major) + "." + std::to_string(minor) + "." +
         std::to_string(build);
}

/// A context owns its terms; solver and model are counted.
struct Script::State {
  Z3_context context = nullptr;
  Z3_solver solver = nullptr;
  Z3_model model = nullptr;

  State() {
    Z3_config config = Z3_mk_config();
    context = Z3_mk_context(config);
    Z3_del_config(config);
    // Errors are asked for; the default handler ends the process.
    Z3_set_error_handler(context, nullptr);
    solver = Z3_mk_solver(context);
    Z3_solver_inc_ref(context, solver);
  }
  ~State() {
    dropModel();
    Z3_solver_dec_ref(context, solver);
    Z3_del_context(context);
  }
  void dropModel() {
    if (model)
      Z3_model_dec_ref(context, model);
    model = nullptr;
  }
  Z3_ast constant(const std::string &name, bool isBoolean) const {
    return Z3_mk_const(context, Z3_mk_string_symbol(context, name.c_str()),
                       isBoolean ? Z3_mk_bool_sort(context)
                                 : Z3_mk_int_sort(context));
  }
};

Script::Script(std::unique_ptr<State> state) : state(std::move(state)) {}
Script::Script(Script &&) = default;
Script::~Script() = default;

Expected<Script> Script::parse(const std::string &smtlib, unsigned steps) {
  auto state = std::make_unique<State>();
  Z3_context context = state->context;
  Z3_params params = Z3_mk_params(context);
  Z3_params_inc_ref(context, params);
  Z3_params_set_uint(context, params, Z3_mk_string_symbol(context, "rlimit"),
                     steps);
  Z3_params_set_uint(context, params, Z3_mk_string_symbol(context, "timeout"),
                     maxSeconds * 1000);
  Z3_solver_set_params(context, state->solver, params);
  Z3_params_dec_ref(context, params);
  Z3_solver_from_string(context, state->solver, smtlib.c_str());
  if (Z3_error_code code = Z3_get_error_code(context); code != Z3_OK)
    return createStringError(inconvertibleErrorCode(),
                             "Z3 does not read the constraints: %s",
                             Z3_get_error_msg(context, code));
  return Script(std::move(state));
}

Script::Answer Script::check(ArrayRef<std::string> assumptions,
                             ArrayRef<AtMost> limits) {
  Z3_context context = state->context;
  state->dropModel();
  Z3_solver_push(context, state->solver);
  for (const AtMost &limit : limits)
    Z3_solver_assert(
        context, state->solver,
        Z3_mk_le(context, state->constant(limit.name, /*isBoolean=*/false),
                 Z3_mk_int64(context, limit.limit, Z3_mk_int_sort(context))));
  std::vector<Z3_ast> terms;
  for (const std::string &name : assumptions)
    terms.push_back(state->constant(name, /*isBoolean=*/true));
  Z3_lbool answer = Z3_solver_check_assumptions(context, state->solver,
                                                terms.size(), terms.data());
  if (answer == Z3_L_TRUE) {
    state->model = Z3_solver_get_model(context, state->solver);
    if (state->model)
      Z3_model_inc_ref(context, state->model);
  }
  Z3_solver_pop(context, state->solver, 1);
  if (answer == Z3_L_FALSE)
    return Answer::Unsat;
  return state->model ? Answer::Sat : Answer::Unknown;
}

std::optional<int64_t> Script::value(const std::string &name,
                                     bool isBoolean) const {
  Z3_context context = state->context;
  Z3_ast result = nullptr;
  if (!Z3_model_eval(context, state->model, state->constant(name, isBoolean),
                     /*model_completion=*/true, &result))
    return std::nullopt;
  if (isBoolean)
    return Z3_get_bool_value(context, result) == Z3_L_TRUE;
  int64_t value;
  if (!Z3_get_numeral_int64(context, result, &value))
    return std::nullopt;
  return value;
}

std::vector<std::string> Script::core() const {
  Z3_context context = state->context;
  std::vector<std::string> names;
  Z3_ast_vector core = Z3_solver_get_unsat_core(context, state->solver);
  if (!core)
    return names;
  Z3_ast_vector_inc_ref(context, core);
  for (unsigned i = 0; i < Z3_ast_vector_size(context, core); ++i)
    names.push_back(
        Z3_ast_to_string(context, Z3_ast_vector_get(context, core, i)));
  Z3_ast_vector_dec_ref(context, core);
  return names;
}

std::string Script::reason() const {
  return Z3_solver_get_reason_unknown(state->context, state->solver);
}
