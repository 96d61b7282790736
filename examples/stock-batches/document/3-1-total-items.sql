-- Phase 3, 1: count total items.
SELECT COUNT(*) as total_items FROM items;
