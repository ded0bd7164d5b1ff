# Thin: npm scripts and docker compose do the work.
.DEFAULT_GOAL := help
.PHONY: help run-local dev-up dev-down test deploy-staging deploy-prod

compose = docker compose --env-file config/environments/$(1).env

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

run-local: ## Install and run everything in one process, with the settings of dev
	npm install
	set -a && . ./config/environments/dev.env && npm start

dev-up: ## Start Kafka, ClickHouse, Redis and every role with the settings of dev
	$(call compose,dev) up -d --build --wait

dev-down: ## Stop what dev-up started; the data stays
	$(call compose,dev) down

test: ## Run all tests
	npm install
	npm test

deploy-staging: ## Build and start the roles with the settings of staging
	$(call compose,staging) up -d --build --wait --scale ingester=2

deploy-prod: ## Build and start the roles with the settings of prod
	$(call compose,prod) up -d --build --wait --scale ingester=2
