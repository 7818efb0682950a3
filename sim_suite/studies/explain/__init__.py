"""Why a network acts as it does: gradients, occlusion, layers put out of action; a page, numbers and pictures of one agent."""
